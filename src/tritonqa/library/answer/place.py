"""What the reader read → where it stands in the document."""

from __future__ import annotations

from tritonqa.library.store import Stored


def place_of(passage: Stored, start: int, end: int) -> tuple[int, int] | None:
    """Return the document's characters that stand at start to end of what was read of a passage.

    Of headers, which were read with their cells, nothing is quoted; None where there was nothing else.
    """
    if not passage.pieces:
        return passage.start + start, passage.start + end
    touched = [one for one in passage.pieces if one.at < end and start < one.at + one.end - one.start]
    if not touched:
        return None
    first, last = touched[0], touched[-1]
    return first.start + max(start - first.at, 0), min(last.start + end - last.at, last.end)


def address_of(passage: Stored, at: int) -> str | None:
    """Return the address of the cell ("B3") in which a character of the document stands."""
    return next((one.address for one in passage.pieces if one.start <= at < one.end), None)
