"""The recipe's command: a stable phase that can be stopped, a cooldown that branches off, and further."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from models.minilm.recipe import peek, train
from models.minilm.recipe.mixture import mixture
from tests.support import checkpoints
from tritonqa.train.start import Start

pytestmark = pytest.mark.slow


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr(sys, "argv", ["train", *arguments])
    train.main()


def steps(folder: Path) -> list[int]:
    lines = (folder / "log.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["step"] for line in lines]


def test_a_cooldown_makes_a_reader_of_a_stable_run(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(train, "STABLE", replace(train.STABLE, epochs=0.5))
    monkeypatch.setattr(train, "COOLDOWN", replace(train.COOLDOWN, least_steps=20))
    encoder = checkpoints.make("bert", tmp_path / "encoder")
    places = (str(encoder), "--data", str(data), "--output", str(tmp_path / "out"))
    run(monkeypatch, "stable", *places)
    state = tmp_path / "out" / "stable" / "state" / "state.json"
    kept = state.read_text(encoding="utf-8")
    assert json.loads(kept)["step"] == steps(tmp_path / "out" / "stable")[-1]
    monkeypatch.setattr(sys, "argv", ["peek", *places, "--questions", "3"])
    capsys.readouterr()
    peek.main()
    articles, searched = (
        next(iter(json.loads(line).values())) for line in capsys.readouterr().out.splitlines()
    )
    assert articles["total"] == searched["total"] == 3
    run(monkeypatch, "cooldown", *places, "--questions", "30", "--name", "first")
    folder = tmp_path / "out" / "first"
    assert Start.open(folder / "checkpoint").model.config.num_hidden_layers == 2
    assert steps(folder / "training")[-1] < json.loads(kept)["step"]
    assert state.read_text(encoding="utf-8") == kept
    places = (str(folder / "checkpoint"), *places[1:])
    run(monkeypatch, "further", *places, "--questions", "30")
    assert Start.open(tmp_path / "out" / "further" / "checkpoint").model.config.num_hidden_layers == 2
    assert steps(tmp_path / "out" / "further" / "training")[-1] > 0


def test_a_larger_encoder_becomes_a_reader_in_one_run(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = checkpoints.make("mpnet", tmp_path / "encoder")
    places = (str(encoder), "--data", str(data), "--output", str(tmp_path))
    run(monkeypatch, "once", *places, "--questions", "30")
    assert Start.open(tmp_path / "once" / "checkpoint").model.config.num_hidden_layers == 2
    drawn = train.drawn_once(mixture(data), 30, seed=1)
    assert not any(example.id.startswith("cuad") for example in drawn)
    assert 5 <= sum("search" in example.id or "other" in example.question for example in drawn) <= 9


def test_a_later_run_draws_what_an_earlier_one_left(data: Path) -> None:
    found = mixture(data)
    squad, blind = found.without_contracts()
    squad = [replace(e, answers=(), starts=()) if i % 2 else e for i, e in enumerate(squad)]
    found = replace(found, learnt=squad + blind)
    first = {e.id for e in train.drawn_once(found, 20, seed=1, searched=0.0)}
    later = train.drawn_once(found, 10, 1, 20, answerable=0.75, searched=0.2)
    asked = [e for e in later if e.id.startswith("squad")]
    assert len(later) == 10 and len(asked) == 8 and not first & {e.id for e in asked}
    assert sum(bool(e.answers) for e in asked) == 6


def test_a_cooldown_draws_always_the_same_questions(data: Path) -> None:
    learnt = mixture(data).learnt
    some = train.drawn(learnt, 20, seed=1)
    assert some == train.drawn(learnt, 20, seed=1) != train.drawn(learnt, 20, seed=2)
    assert len(some) == 20 and set(some) <= set(learnt)
