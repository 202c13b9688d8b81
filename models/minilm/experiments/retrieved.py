"""Examples → their questions on passages of other articles that share words with them and hold no answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from tritonqa.datasets import Example
from tritonqa.train.negatives import words

_NEAREST = 3


def retrieved(examples: Sequence[Example], share: float, random: np.random.Generator) -> Iterator[Example]:
    """Draw questions, and ask each of one of the passages elsewhere that share most with it."""
    library = Library(examples)
    for example in examples:
        if example.answers and random.random() < share and (found := library.nearest(example)):
            context = found[int(random.integers(len(found)))]
            yield replace(example, id=f"{example.id}-retrieved", context=context, answers=(), starts=())


class Library:
    """The passages of all articles, found by their words: rare ones count more (Robertson 2004)."""

    def __init__(self, examples: Sequence[Example]) -> None:
        """Index the passages."""
        passages = dict.fromkeys((example.title, example.context) for example in examples)
        self._titles = np.array([title for title, _ in passages])
        self._contexts = [context for _, context in passages]
        places: dict[str, list[int]] = {}
        for place, context in enumerate(self._contexts):
            for word in words(context):
                places.setdefault(word, []).append(place)
        self._places = {word: np.array(found) for word, found in places.items()}

    def nearest(self, example: Example) -> list[str]:
        """Return the passages of other articles that share most with a question, without an answer's text."""
        scores = np.zeros(len(self._contexts))
        for word in words(example.question) & self._places.keys():
            found = self._places[word]
            scores[found] += np.log(len(scores) / len(found))
        scores[self._titles == example.title] = 0.0
        best = [self._contexts[place] for place in np.argsort(-scores)[: 2 * _NEAREST] if scores[place] > 0]
        texts = [text.lower() for text in example.answers]
        return [context for context in best if not any(text in context.lower() for text in texts)][:_NEAREST]
