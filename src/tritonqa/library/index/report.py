"""What indexing did."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Skipped(NamedTuple):
    """A file that could not be read, and why."""

    path: str
    reason: str


class Noted(NamedTuple):
    """A file that was read, and what is to be known of that: a page that has no text, one read by OCR."""

    path: str
    note: str


@dataclass(slots=True)
class Report:
    """Paths by what happened to them; unchanged counts the files that stayed as they were.

    without_vectors counts passages that only words find, for want of an encoder. notes say so, and what could
    not be read of a document ("scan.pdf: page 3 has no text layer").
    """

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    moved: list[tuple[str, str]] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    unchanged: int = 0
    passages: int = 0
    without_vectors: int = 0
    notes: list[str] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON has it."""
        return {
            "added": self.added,
            "changed": self.changed,
            "moved": [{"from": old, "to": new} for old, new in self.moved],
            "removed": self.removed,
            "skipped": [skipped._asdict() for skipped in self.skipped],
            "unchanged": self.unchanged,
            "passages": self.passages,
            "without_vectors": self.without_vectors,
            "notes": self.notes,
        }
