"""Example → the same question where its answer is not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from math import log

import numpy as np

from tritonqa.datasets import Example

_WORD = re.compile(r"\w+")
_SENTENCE = re.compile(r"[^.!?]+[.!?]*\s*")
_NEAREST = 3


class Passages:
    """The passages of some examples by title, to find those that look like the right one."""

    def __init__(self, examples: Sequence[Example]) -> None:
        """Index the passages."""
        contexts = dict.fromkeys((example.title, example.context) for example in examples)
        self._words: dict[str, dict[str, frozenset[str]]] = {}
        for title, context in contexts:
            self._words.setdefault(title, {})[context] = words(context)
        counts = Counter(word for group in self._words.values() for known in group.values() for word in known)
        self._rarity = {word: log(len(contexts) / count) for word, count in counts.items()}

    def look_alike(self, example: Example, random: np.random.Generator) -> Example | None:
        """Ask of one of the passages of the same title that share most with the question.

        None where every such passage holds an answer's text.
        """
        asked = words(example.question)
        texts = [text.lower() for text in example.answers]
        scored = [
            (sum(self._rarity[word] for word in asked & known), context)
            for context, known in self._words[example.title].items()
            if context != example.context and not any(text in context.lower() for text in texts)
        ]
        if not scored:
            return None
        nearest = sorted(scored, reverse=True)[:_NEAREST]
        return _unanswered(example, nearest[int(random.integers(len(nearest)))][1])


def without_answer(example: Example) -> Example | None:
    """Cut the sentences that hold answers out of the passage; None where nothing, or an answer, is left."""
    places = [(at, at + len(text)) for text, at in zip(example.answers, example.starts, strict=True)]
    kept = [
        found.group()
        for found in _SENTENCE.finditer(example.context)
        if not any(start < found.end() and found.start() < end for start, end in places)
    ]
    left = "".join(kept)
    if not left.strip() or any(text.lower() in left.lower() for text in example.answers):
        return None
    return _unanswered(example, left)


def words(text: str) -> frozenset[str]:
    """Return the words of a text in lower case."""
    return frozenset(_WORD.findall(text.lower()))


def _unanswered(example: Example, context: str) -> Example:
    return replace(example, context=context, answers=(), starts=())
