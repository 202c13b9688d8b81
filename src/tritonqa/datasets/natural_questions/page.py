"""A question about a whole page of Wikipedia, the page's parts, and what annotators marked on it."""

from __future__ import annotations

from dataclasses import dataclass

YES_NO = ("NONE", "YES", "NO")


@dataclass(frozen=True, slots=True)
class PageSpan:
    """Tokens of a page, end exclusive, and the bytes of its HTML where they are known; -1 where not."""

    start_token: int = -1
    end_token: int = -1
    start_byte: int = -1
    end_byte: int = -1

    @property
    def is_null(self) -> bool:
        """Say whether the span is nowhere."""
        return max(self.start_token, self.end_token, self.start_byte, self.end_byte) < 0

    def matches(self, other: PageSpan) -> bool:
        """Say whether two spans are the same by their bytes or by their tokens, whichever both have."""
        ours, theirs = (self.start_byte, self.end_byte), (other.start_byte, other.end_byte)
        if ours == theirs and min(ours) >= 0:
            return True
        ours, theirs = (self.start_token, self.end_token), (other.start_token, other.end_token)
        return ours == theirs and min(ours) >= 0


NOWHERE = PageSpan()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A paragraph, table or list that may be the long answer; top_level ones lie in no other."""

    span: PageSpan
    top_level: bool


@dataclass(frozen=True, slots=True)
class Annotation:
    """What one annotator marked: a long answer, short ones in it, or yes or no; NOWHERE, () and NONE else."""

    long: PageSpan
    short: tuple[PageSpan, ...]
    yes_no: str


@dataclass(frozen=True, slots=True)
class Page:
    """A question and its page of n tokens.

    tokens [n] as the simplified format writes them, blanks inside one as underscores; html [n] says which are
    tags; bytes [n, 2] in the HTML, empty where the file does not say.
    """

    id: int
    question: str
    url: str
    tokens: tuple[str, ...]
    html: tuple[bool, ...]
    bytes: tuple[tuple[int, int], ...]
    candidates: tuple[Candidate, ...]
    annotations: tuple[Annotation, ...]

    def span(self, start: int, end: int) -> PageSpan:
        """Return tokens start to end as a span, with their bytes where they are known."""
        first, last = (self.bytes[start][0], self.bytes[end - 1][1]) if self.bytes else (-1, -1)
        return PageSpan(start, end, first, last) if first < last else PageSpan(start, end)

    def text(self, span: PageSpan) -> str:
        """Return a span's tokens, joined by blanks as the format's own authors do."""
        return " ".join(self.tokens[span.start_token : span.end_token])
