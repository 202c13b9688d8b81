"""Examples → the labelled windows of one epoch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from tritonqa.evaluate import Example
from tritonqa.features import Template, TextTokenizer, Windowing, prepare
from tritonqa.text import Ask
from tritonqa.train.label import Labelled, label
from tritonqa.train.negatives import Passages, without_answer
from tritonqa.train.noise import careless
from tritonqa.train.options import Augmentation


@dataclass(frozen=True)
class Lessons:
    """Examples, and how they become windows; every epoch draws its own negatives and noise."""

    examples: Sequence[Example]
    tokenizer: TextTokenizer
    template: Template
    windowing: Windowing
    augmentation: Augmentation
    seed: int

    def epoch(self, number: int) -> list[Labelled]:
        """Prepare an epoch's windows: the same number gives the same windows.

        Raises InputError that names the question of an answer that is not in its context.
        """
        random = np.random.default_rng((self.seed, number))
        found = []
        for example in self._drawn(random):
            ask = Ask.of(example.question, example.context)
            windows = prepare(ask, self.tokenizer, self.template, self.windowing).windows
            found += label(example, windows) if windows else []
        return found

    @cached_property
    def _passages(self) -> Passages:
        return Passages(self.examples)

    def _drawn(self, random: np.random.Generator) -> Iterator[Example]:
        share = self.augmentation
        for example in self.examples:
            careful = random.random() >= share.noise
            yield example if careful else replace(example, question=careless(example.question, random))
            if not example.answers:
                continue
            if random.random() < share.look_alike and (other := self._passages.look_alike(example, random)):
                yield other
            if random.random() < share.cut and (left := without_answer(example)):
                yield left
