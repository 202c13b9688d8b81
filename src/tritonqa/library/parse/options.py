"""How documents are parsed, and what a parser may use up."""

from __future__ import annotations

from dataclasses import dataclass, field

from tritonqa.checks import check_fields, flag, number, whole_number


@dataclass(frozen=True, slots=True)
class ParseOptions:
    """How documents are parsed, and the bounds a parser works in.

    passwords are tried in turn on what is encrypted. ocr reads pages that have no text layer from their
    image. seconds is the time that a document may take, or each page of a PDF; megabytes is the memory of its
    parser; file_megabytes its size on disk at most, and unpacked_megabytes what a packed one may unpack to.
    """

    passwords: tuple[str, ...] = field(default=(), repr=False)
    ocr: bool = False
    seconds: float = 60.0
    megabytes: int = 1024
    file_megabytes: int = 256
    unpacked_megabytes: int = 256

    def __post_init__(self) -> None:
        """Raise InputError for a limit that lets nothing through."""
        check_fields(self, flag, "ocr")
        check_fields(self, number, "seconds", above=0)
        check_fields(self, whole_number, "megabytes", "file_megabytes", "unpacked_megabytes", least=1)
