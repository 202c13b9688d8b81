"""A passage that was found → what is shown of it."""

from __future__ import annotations

from tritonqa.library.answer.cited import Hit
from tritonqa.library.document import page_at
from tritonqa.library.retrieve import Retrieved
from tritonqa.library.store import Stored


def hit_of(found: Retrieved, stored: Stored) -> Hit:
    """Return a passage with its place; its page is the one where it begins."""
    page = page_at(stored.pages, stored.start)
    number, label = (page.number, page.label) if page else (None, None)
    place = (str(stored.files[0].path), stored.start, stored.end, number, label)
    return Hit(stored.text, found.score, *place, stored.title, stored.heading, stored.metadata)
