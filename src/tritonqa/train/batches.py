"""Labelled windows → batches of one padded length."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from tritonqa.engine.base import rounded
from tritonqa.train.label import Labelled

LongArray: TypeAlias = npt.NDArray[np.int64]

ROUND_TO = 32  # few lengths: CPUs and GPUs prepare their kernels for each new shape


@dataclass(frozen=True, slots=True)
class Batch:
    """b windows padded to one length l: ids, mask, types [b, l]; first and last tokens, answer types [b]."""

    ids: LongArray
    mask: LongArray
    types: LongArray
    first: LongArray
    last: LongArray
    answer_types: LongArray


def plan(lessons: Sequence[Labelled], tokens: int, random: np.random.Generator) -> list[LongArray]:
    """Group windows by length rounded up, as many as fit into tokens; groups and their order are random."""
    lengths = np.array([padded(lesson) for lesson in lessons])
    groups: list[LongArray] = []
    for length in np.unique(lengths):
        members = random.permutation(np.flatnonzero(lengths == length))
        size = max(1, tokens // int(length))
        groups += [members[at : at + size] for at in range(0, len(members), size)]
    return [groups[i] for i in random.permutation(len(groups))]


def collate(lessons: Sequence[Labelled], pad: int, random: np.random.Generator) -> Batch:
    """Put windows of one padded length together, each with one of its right spans drawn."""
    shape = len(lessons), padded(lessons[0])
    ids, mask, types = np.full(shape, pad), np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    for row, lesson in enumerate(lessons):
        length = len(lesson.window)
        ids[row, :length], types[row, :length] = lesson.window.ids, lesson.window.type_ids
        mask[row, :length] = 1
    drawn = np.array([lesson.spans[int(random.integers(len(lesson.spans)))] for lesson in lessons])
    answer_types = np.array([lesson.answer_type for lesson in lessons])
    return Batch(ids, mask, types, drawn[:, 0], drawn[:, 1], answer_types)


def padded(lesson: Labelled) -> int:
    """Return the length that a window is padded to."""
    return rounded(len(lesson.window), ROUND_TO)
