"""Examples → those to learn from and those to judge by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tritonqa.datasets import Example
from tritonqa.errors import InputError

_ENOUGH_TITLES = 10


@dataclass(frozen=True, slots=True)
class Split:
    """No passage is on both sides, and no title where there are ten or more that share no passage."""

    learnt: tuple[Example, ...]
    held: tuple[Example, ...]


def split(examples: Sequence[Example], share: float, seed: int) -> Split:
    """Hold a share of the titles, or of the passages, out; raises InputError where a side would be empty."""
    if not 0 < share < 1:
        raise InputError(f"held_out must be between 0 and 1, not {share}")
    keys = groups(examples)
    distinct = sorted(set(keys))
    if len(distinct) < 2:
        raise InputError("data holds one passage only; add questions on others, to judge the training by")
    count = min(max(1, round(share * len(distinct))), len(distinct) - 1)
    order = np.random.default_rng(seed).permutation(len(distinct))
    held = {distinct[i] for i in order[:count]}
    sides: tuple[list[Example], list[Example]] = [], []
    for key, example in zip(keys, examples, strict=True):
        sides[key in held].append(example)
    return Split(tuple(sides[0]), tuple(sides[1]))


def groups(examples: Sequence[Example]) -> list[str]:
    """Name what each example belongs to: titles that share passages, or its passage where these are few."""
    titles: dict[str, str] = {}  # of passages
    heads: dict[str, str] = {}  # of titles that stand below another

    def head(title: str) -> str:
        while title in heads:
            title = heads[title]
        return title

    for example in examples:
        if example.title:
            mine, known = head(example.title), head(titles.setdefault(example.context, example.title))
            if mine != known:
                heads[mine] = known
    if len({head(title) for title in titles.values()}) < _ENOUGH_TITLES:
        return [example.context for example in examples]
    found = [example.title or titles.get(example.context) for example in examples]
    return [head(title) if title else example.context for title, example in zip(found, examples, strict=True)]
