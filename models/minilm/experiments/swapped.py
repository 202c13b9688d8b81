"""Example → a question about somebody or something else, which its passage does not answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from tritonqa.datasets import Example

_NAME = re.compile(r"(?<=[a-z,] )[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*")  # not at the start of a sentence
_NUMBER = re.compile(r"\b\d[\d.,]*\b")


def swapped(examples: Sequence[Example], share: float, random: np.random.Generator) -> Iterator[Example]:
    """Draw questions, and ask each with a name or a number of its passage in place of its own."""
    for example in examples:
        if example.answers and random.random() < share and (other := swap(example, random)):
            yield other


def swap(example: Example, random: np.random.Generator) -> Example | None:
    """Replace one name or number of the question by another of the passage; None where it can't be."""
    answers = " ".join(example.answers)
    for kind in (_NUMBER, _NAME):
        own = [found for found in kind.finditer(example.question) if found.group() in example.context]
        others = {
            found.group()
            for found in kind.finditer(example.context)
            if found.group() not in example.question and found.group() not in answers
        }
        if own and others:
            place = own[int(random.integers(len(own)))]
            instead = sorted(others)[int(random.integers(len(others)))]
            asked = example.question[: place.start()] + instead + example.question[place.end() :]
            return replace(example, id=f"{example.id}-swapped", question=asked, answers=(), starts=())
    return None
