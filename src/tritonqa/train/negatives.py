"""Example → the same question where its answer is not."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from math import log

import numpy as np

from tritonqa.datasets import Example

_WORD = re.compile(r"\w+")
_SENTENCE = re.compile(r"[^.!?]+[.!?]*\s*")
_NEAREST = 5
_SATURATION, _LENGTH = 1.2, 0.75  # k1 and b of BM25 (Robertson and Zaragoza 2009), as a search ranks


class Passages:
    """The passages of some examples, whatever their titles, to find those that look like the right one."""

    def __init__(self, examples: Sequence[Example]) -> None:
        """Index the passages."""
        self._contexts = list(dict.fromkeys(example.context for example in examples))
        self._lowered = [context.lower() for context in self._contexts]
        known = [words(context) for context in self._contexts]
        holding: defaultdict[str, list[int]] = defaultdict(list)
        for place, found in enumerate(known):
            for word in found:
                holding[word].append(place)
        self._holding = {word: np.array(places) for word, places in holding.items()}
        lengths = np.array([len(found) for found in known])
        length = 1 - _LENGTH + _LENGTH * lengths / max(lengths.mean(), 1.0)
        self._worth = 1 / (1 + _SATURATION * length)  # of a word that a passage holds

    def look_alike(self, example: Example, random: np.random.Generator) -> Example | None:
        """Ask of one of the passages that share most with the question, as a search would find them.

        None where every such passage holds an answer's text.
        """
        scores = np.zeros(len(self._contexts))
        for word in words(example.question):
            places = self._holding.get(word)
            if places is not None:
                scores[places] += log(len(scores) / len(places)) * self._worth[places]
        texts = [text.lower() for text in example.answers]
        first = np.argsort(-scores, kind="stable")[: _NEAREST * 4]
        nearest = [
            place
            for place in first
            if self._contexts[place] != example.context
            and not any(text in self._lowered[place] for text in texts)
        ][:_NEAREST]
        if not nearest:
            return None
        return _unanswered(example, self._contexts[nearest[int(random.integers(len(nearest)))]])


def without_answer(example: Example) -> Example | None:
    """Cut the sentences that hold answers out of the passage; None where nothing, or an answer, is left."""
    stated = zip(example.answers, example.starts, strict=True)
    found = [(text, example.context.find(text) if at < 0 else at) for text, at in stated]
    places = [(at, at + len(text)) for text, at in found]
    kept = [
        sentence.group()
        for sentence in _SENTENCE.finditer(example.context)
        if not any(start < sentence.end() and sentence.start() < end for start, end in places)
    ]
    left = "".join(kept)
    if not left.strip() or any(text.lower() in left.lower() for text in example.answers):
        return None
    return _unanswered(example, left)


def words(text: str) -> frozenset[str]:
    """Return the words of a text in lower case."""
    return frozenset(_WORD.findall(text.lower()))


def _unanswered(example: Example, context: str) -> Example:
    return replace(example, context=context, answers=(), starts=(), accepted=())
