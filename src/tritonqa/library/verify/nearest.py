"""A quotation → the words of a document that are nearest to it, by alignment."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from tritonqa.errors import MissingExtra
from tritonqa.library.verify.find import cuts

NEAR = 0.75  # similarity from which on words count as the ones that were meant
_ANCHOR = re.compile(
    r"(?=([\u2e80-\u30ff\u3400-\u9fff\uac00-\ud7a3]{2}))|(?<![^\W_])[a-zA-Z\d\u0080-\u2e7f]+"
)
_SHARED = 0.5  # of a quotation's words a document has, and at one place, where it can be near
_RAREST = 12  # words that show the place
_ROUGH = 60  # of 100: the similarity to a part of the same length from which on the ends are fitted
_BEHIND = frozenset(" \n\t.,;:!?)")  # what words don't begin with
_WINDOWS = 4  # places in a document that are aligned


@dataclass(frozen=True, slots=True)
class Near:
    """Characters start to end are as near to the quotation as similarity says, 1 being equal."""

    similarity: float
    start: int
    end: int


class Anchors:
    """A document's normal form with the places of its words; pairs of characters where none has spaces."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.places: defaultdict[str, list[int]] = defaultdict(list)
        for word, place in anchors(text):
            self.places[word].append(place)


def anchors(text: str) -> Iterator[tuple[str, int]]:
    """Give the words of a text with their places."""
    for found in _ANCHOR.finditer(text):
        yield found[1] or found[0], found.start()


def nearest(words: str, document: Anchors, least: float = NEAR) -> Near | None:
    """Return the nearest words of a document, none of them cut; None below the least similarity.

    The rarest words that both have show where to look; there the beginning and the end are chosen by the
    similarity, which is 1 - the edit distance / the longer length (Levenshtein's, normalised).
    """
    try:
        from rapidfuzz import fuzz
    except ImportError as error:
        raise MissingExtra("rapidfuzz", "library") from error
    best: Near | None = None
    text = document.text
    for place in _windows(words, document):
        begin = max(place - len(words) // 2 - 20, 0)
        window = text[begin : place + len(words) * 2 + 20]
        rough = fuzz.partial_ratio_alignment(words, window, score_cutoff=_ROUGH)
        if rough is not None:
            near = _fitted(words, text, begin + rough.dest_start, begin + rough.dest_end)
            if near.similarity >= (best.similarity if best else least):
                best = near
    return best


def _fitted(words: str, text: str, start: int, end: int) -> Near:
    """Move the ends of a rough alignment to those ends of words near them that make it most similar."""
    from rapidfuzz.distance import Levenshtein

    reach = len(words) // 2 + 20
    starts = [at for at in _seams(text, start, reach) if text[at : at + 1] not in _BEHIND] or [start]
    ends = [at for at in _seams(text, end, reach) if not text[at - 1 : at].isspace()] or [end]

    def alike(one: int, other: int) -> float:
        return Levenshtein.normalized_similarity(words, text[one:other])

    start = max(starts, key=lambda one: alike(one, end))
    end = max(ends, key=lambda one: alike(start, one))
    start = max(starts, key=lambda one: alike(one, end))
    return Near(alike(start, end), start, end)


def _seams(text: str, place: int, reach: int) -> list[int]:
    """Return the places around one that are not inside a word."""
    around = range(max(place - reach, 0), min(place + reach, len(text)) + 1)
    return [at for at in around if not cuts(text, at)]


def _windows(words: str, document: Anchors) -> list[int]:
    """Return where the quotation would begin by many of its rarest words; the rarer, the more one counts."""
    sought = list(anchors(words))
    known = sorted((len(places), word, at) for word, at in sought if (places := document.places.get(word)))
    size = max(len(words) // 2, 1)
    counts: Counter[int] = Counter()
    weights: defaultdict[int, float] = defaultdict(float)
    for often, word, at in known[:_RAREST]:
        for group in {(place - at) // size for place in document.places[word]}:
            counts[group] += 1
            weights[group] += 1 / often
    least = _SHARED * min(len(sought), _RAREST)
    likely = {
        group: weight + weights.get(group + 1, 0.0)
        for group, weight in weights.items()
        if counts[group] + counts[group + 1] >= least
    }
    return [group * size for group in sorted(likely, key=lambda group: -likely[group])[:_WINDOWS]]
