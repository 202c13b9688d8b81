"""File → its kind, by what it holds and by its name."""

from __future__ import annotations

from dataclasses import dataclass

from tritonqa.errors import DocumentError
from tritonqa.library.parse.source import Source


@dataclass(frozen=True, slots=True)
class Kind:
    """A format: the module in formats/ of the same name reads it."""

    name: str
    suffixes: tuple[str, ...]


KINDS = (Kind("text", (".txt", ".text", ".log", ".rst")),)


def kinds() -> dict[str, tuple[str, ...]]:
    """Return the kinds that can be read, each with the suffixes of its files."""
    return {kind.name: kind.suffixes for kind in KINDS}


def kind_of(source: Source) -> str:
    """Return the kind of a file.

    Raises DocumentError for one that no format here reads.
    """
    for kind in KINDS:
        if source.path.suffix.lower() in kind.suffixes:
            return kind.name
    raise DocumentError("is of a kind that is not read")
