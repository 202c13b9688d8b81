"""A PDF's outline (bookmarks) → the headings, at the characters where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from tritonqa.library.document import Page
from tritonqa.library.parse.pdf.said import said

_MOST = 5000  # entries; an outline that goes round in circles has no end


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the outline: its level from 1, and the page it leads to, from 0."""

    level: int
    title: str
    page: int


def outline(pdf: Any) -> list[Entry]:
    """Return the entries that lead to a page."""
    entries = []
    for bookmark in islice(pdf.get_toc(), _MOST):
        target = bookmark.get_dest()
        index = target.get_index() if target else None
        if index is not None and (title := said(bookmark.get_title)):
            entries.append(Entry(bookmark.level + 1, title, index))
    return entries


def headings(entries: Sequence[Entry], text: str, pages: Sequence[Page]) -> Iterator[tuple[int, str, int]]:
    """Give level, title and place of each entry: where its words stand on its page, or where the page begins.

    Places never go back.
    """
    last = 0
    for entry in sorted(entries, key=lambda one: one.page):
        if entry.page < len(pages):
            page = pages[entry.page]
            words = r"\s+".join(re.escape(word) for word in entry.title.split())
            found = re.compile(words).search(text, max(page.start, last), page.end)
            last = max(found.start() if found else page.start, last)
            yield entry.level, entry.title, last
