"""A quotation, before and after it was looked for."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Status = Literal["verified", "repaired", "not_found"]


@dataclass(frozen=True, slots=True)
class Quoted:
    """What stands between quotation marks, and at which characters of the text that quotes."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quotation with its verdict.

    verified: the document says so at characters start to end. repaired: it says found there, which is near.
    not_found: no document says it, nor anything near. ocr: what was found was read from a page's image, where
    letters may be misread: look at the page before you repair by it.
    """

    text: str
    status: Status
    found: str | None = None
    document: str | None = None
    page: int | None = None
    start: int | None = None
    end: int | None = None
    ocr: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the object that goes out as JSON; ocr stands in it where it is true."""
        record = asdict(self)
        return record if record.pop("ocr") is False else {**record, "ocr": True}
