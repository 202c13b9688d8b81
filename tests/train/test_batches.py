from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tritonqa.datasets import Example
from tritonqa.train.batches import ROUND_TO, collate, padded, plan
from tritonqa.train.epoch import Lessons
from tritonqa.train.label import Labelled
from tritonqa.train.options import Recipe


@pytest.fixture(scope="module")
def lessons(checkpoint: Path, examples: tuple[Example, ...]) -> Lessons:
    from tritonqa.train.start import Start

    return Start.open(checkpoint).lessons(examples[:60], Recipe())


@pytest.fixture(scope="module")
def windows(lessons: Lessons) -> list[Labelled]:
    return lessons.epoch(0)


def test_an_epoch_is_the_same_each_time_and_no_other(lessons: Lessons, windows: list[Labelled]) -> None:
    def key(items: list[Labelled]) -> list[tuple[list[int], object]]:
        return [(item.window.ids.tolist(), item.spans) for item in items]

    assert key(lessons.epoch(0)) == key(windows) != key(lessons.epoch(1))


def test_every_window_is_in_one_batch_of_its_length(windows: list[Labelled]) -> None:
    groups = plan(windows, 512, np.random.default_rng(0))
    assert sorted(i for group in groups for i in group.tolist()) == list(range(len(windows)))
    for group in groups:
        lengths = {padded(windows[i]) for i in group}
        assert len(lengths) == 1 and len(group) * lengths.pop() <= 512


def test_a_batch_holds_its_windows(windows: list[Labelled]) -> None:
    group = max(plan(windows, 512, np.random.default_rng(0)), key=len)
    chosen = [windows[i] for i in group]
    batch = collate(chosen, 7, np.random.default_rng(0))
    assert batch.ids.shape == (len(chosen), padded(chosen[0])) and batch.ids.shape[1] % ROUND_TO == 0
    for row, lesson in enumerate(chosen):
        length = len(lesson.window)
        assert batch.ids[row, :length].tolist() == lesson.window.ids.tolist()
        assert batch.types[row, :length].tolist() == lesson.window.type_ids.tolist()
        assert set(batch.ids[row, length:].tolist()) <= {7} and batch.mask[row].sum() == length
        assert (batch.first[row], batch.last[row]) in lesson.spans
