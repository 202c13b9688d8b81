"""Page → a passage for each top-level candidate, and from its characters back to the page's tokens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tritonqa.arrays import IntArray
from tritonqa.datasets.natural_questions import Page, PageSpan

MARKUPS = ("drop", "tag")
_KINDS = {"P": "Paragraph", "TABLE": "Table", "UL": "List", "OL": "List", "DL": "List"}
_MOST = 50  # the last number a tag counts to: later ones are rare
_QUOTES = {"``": '"', "''": '"'}


@dataclass(frozen=True, slots=True)
class CandidatePassage:
    """The text of a candidate's n words, its tags left out.

    starts [n], the character at which each word begins, and tokens [n], its place in the page.
    """

    span: PageSpan
    text: str
    starts: IntArray
    tokens: IntArray

    def page_tokens(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the page's tokens, end exclusive, that characters start to end touch; None where none is."""
        first = max(int(np.searchsorted(self.starts, start, side="right")) - 1, 0)
        last = int(np.searchsorted(self.starts, end, side="left")) - 1
        return (int(self.tokens[first]), int(self.tokens[last]) + 1) if first <= last else None

    def characters(self, span: PageSpan) -> tuple[int, int] | None:
        """Return where the words of a span of the page stand in the text; None where none does."""
        inside = np.flatnonzero((self.tokens >= span.start_token) & (self.tokens < span.end_token))
        if not len(inside):
            return None
        last = int(inside[-1])
        end = int(self.starts[last + 1]) - 1 if last + 1 < len(self.starts) else len(self.text)
        return int(self.starts[inside[0]]), end


def passages(page: Page, markup: str) -> list[CandidatePassage]:
    """Return the top-level candidates that hold a word.

    markup "tag" begins each with its kind and its number among its kind, as [Table=2]: where on a page an
    answer stands says much (Alberti et al. 2019, section 2). "drop" leaves all markup out.
    """
    counts: Counter[str] = Counter()
    found = []
    for candidate in page.candidates:
        if not candidate.top_level:
            continue
        kind = _kind(page.tokens[candidate.span.start_token])
        counts[kind] += 1
        head = f"[{kind}={min(counts[kind], _MOST)}] " if markup == "tag" else ""
        passage = _passage(page, candidate.span, head)
        if len(passage.tokens):
            found.append(passage)
    return found


def _passage(page: Page, span: PageSpan, head: str) -> CandidatePassage:
    words, starts, tokens, at = [], [], [], len(head)
    for place, word in _words(page, span):
        words.append(word)
        starts.append(at)
        tokens.append(place)
        at += len(word) + 1
    text = head + " ".join(words)
    return CandidatePassage(span, text, np.array(starts, np.int32), np.array(tokens, np.int32))


def _words(page: Page, span: PageSpan) -> Iterator[tuple[int, str]]:
    for place in range(span.start_token, span.end_token):
        token = page.tokens[place]
        if token.strip() and not page.html[place]:
            yield place, _QUOTES.get(token, token)


def _kind(token: str) -> str:
    return _KINDS.get(token.strip("<>").partition("_")[0].upper(), "Part")
