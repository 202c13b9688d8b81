"""Every parser takes what was kept of fuzzing, and what a few edits make of it."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

FUZZ = Path(__file__).parents[2] / "fuzz"
pytest.importorskip("tritonclient", reason="needs tritonqa[triton]")
pytest.importorskip("pypdfium2", reason="needs tritonqa[library]")
pytest.importorskip("fsspec", reason="needs tritonqa[bulk]")
sys.path.insert(0, str(FUZZ))
from run import mutated  # noqa: E402
from targets import TARGETS  # noqa: E402

INPUTS = sorted(path for path in (FUZZ / "corpus").rglob("*") if path.is_file())


def test_every_target_has_a_corpus() -> None:
    assert {path.parent.name for path in INPUTS} == TARGETS.keys()


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_nothing_but_refusals(path: Path) -> None:
    data, chance = path.read_bytes(), random.Random(5)
    TARGETS[path.parent.name](data)
    for _ in range(20):
        TARGETS[path.parent.name](mutated(data, data, chance))
