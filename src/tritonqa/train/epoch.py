"""Examples → the labelled windows of one epoch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from tritonqa.datasets import Example
from tritonqa.features import Template, TextTokenizer, Windowing, prepare
from tritonqa.text import Ask
from tritonqa.train.crop import crop
from tritonqa.train.label import Labelled, label
from tritonqa.train.negatives import Passages, without_answer
from tritonqa.train.noise import careless
from tritonqa.train.options import Augmentation, Cropping


@dataclass(frozen=True)
class Lessons:
    """Examples, and how they become windows; every epoch draws its own negatives and noise."""

    examples: Sequence[Example]
    tokenizer: TextTokenizer
    template: Template
    windowing: Windowing
    augmentation: Augmentation
    cropping: Cropping
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
            found += [self._cropped(lesson, random) for lesson in label(example, windows)] if windows else []
        return found

    def _cropped(self, lesson: Labelled, random: np.random.Generator) -> Labelled:
        lengths = self.cropping.lengths
        if not lengths or random.random() < self.cropping.whole:
            return lesson
        return crop(lesson, lengths[int(random.integers(len(lengths)))], random)

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
