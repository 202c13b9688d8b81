from __future__ import annotations

import errno
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from tests.support import checkpoints
from tritonqa.datasets import Example
from tritonqa.errors import InputError, OutputError, TrainingError
from tritonqa.natural_questions.lessons import PageExample
from tritonqa.natural_questions.start import PageStart, page_loss
from tritonqa.train.fit import fit
from tritonqa.train.objective import span_loss
from tritonqa.train.optimiser import adamw, set_rate
from tritonqa.train.options import Augmentation, Optimisation, Recipe
from tritonqa.train.start import Start

RECIPE = Recipe(
    epochs=2,
    batch_tokens=1024,
    least_steps=1,
    optimisation=Optimisation(learning_rate=2e-3, layer_decay=1.0, averaging=0.5),
)


class Stopped(Exception):
    pass


def tensors(model: torch.nn.Module) -> dict[str, torch.Tensor]:
    return {name: value.clone() for name, value in model.state_dict().items()}


def test_few_questions_are_learnt_from_in_small_batches_and_more_epochs(
    checkpoint: Path, examples: tuple[Example, ...], tmp_path: Path
) -> None:
    def steps(questions: int, least: int) -> tuple[int, float]:
        told: list[tuple[int, int]] = []
        folder, recipe = tmp_path / f"{questions}-{least}", replace(RECIPE, least_steps=least)
        fit(Start.open(checkpoint), examples[:questions], recipe, folder, lambda _, *step: told.append(step))
        lines = (folder / "log.jsonl").read_text(encoding="utf-8").splitlines()
        assert told[-1][0] == told[-1][1] == json.loads(lines[-1])["step"]
        return told[-1][1], json.loads(lines[-1])["windows"]

    (plain, windows), (more, seen) = steps(30, 1), steps(30, 40)
    assert more >= 40 > plain
    assert windows / plain > seen / more  # batches are smaller, too
    assert steps(2, 7)[0] >= 7 and steps(30, 2)[0] == plain


def test_a_run_goes_on_as_if_it_had_not_stopped(
    checkpoint: Path, examples: tuple[Example, ...], tmp_path: Path
) -> None:
    some = examples[:30]
    whole = fit(Start.open(checkpoint), some, RECIPE, tmp_path / "whole")

    def stop(stage: str, done: int, total: int) -> None:
        if done == 5:
            raise Stopped

    with pytest.raises(Stopped):
        fit(Start.open(checkpoint), some, RECIPE, tmp_path / "halves", stop)
    seen: list[int] = []
    halves = fit(
        Start.open(checkpoint), some, RECIPE, tmp_path / "halves", lambda _, done, total: seen.append(done)
    )
    assert seen[0] == 6
    for (name, one), other in zip(tensors(whole).items(), tensors(halves).values(), strict=True):
        assert torch.equal(one, other), name
    with pytest.raises(InputError, match="other data or options"):
        fit(Start.open(checkpoint), some[1:], RECIPE, tmp_path / "halves")
    another = checkpoints.make("mpnet", tmp_path / "another")
    with pytest.raises(InputError, match="another reader"):
        fit(Start.open(another), some, RECIPE, tmp_path / "halves")


def test_what_is_taught_makes_a_run(tmp_path: Path, checkpoint: Path) -> None:
    def learn(kind: str) -> None:
        pages = [PageExample(str(i), "", "is it?", "It is.", (), (), kind) for i in range(4)]
        fit(PageStart.open(checkpoint), pages, RECIPE, tmp_path / "run", objective=page_loss)

    learn("yes")
    with pytest.raises(InputError, match="other data or options"):
        learn("no")


def test_a_full_disk_keeps_the_last_state(
    checkpoint: Path, examples: tuple[Example, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fit(Start.open(checkpoint), examples[:4], RECIPE, tmp_path)
    before = {path.name: path.read_bytes() for path in (tmp_path / "state").iterdir()}
    written = Path.write_text

    def full(path: Path, *given: Any, **named: Any) -> int:
        if path.name == "state.json":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return written(path, *given, **named)

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OutputError, match="state can't be written: .*No space left.* command goes on"):
        fit(Start.open(checkpoint), examples[:4], RECIPE, tmp_path)
    assert {path.name: path.read_bytes() for path in (tmp_path / "state").iterdir()} == before


@pytest.mark.parametrize("architecture", ["mpnet", "deberta-v2", "modernbert"])
def test_other_architectures_learn(architecture: str, examples: tuple[Example, ...], tmp_path: Path) -> None:
    start = Start.open(checkpoints.make(architecture, tmp_path / "start"))
    recipe = replace(RECIPE, epochs=1, augmentation=Augmentation(0, 0, 0))
    before = tensors(start.model)
    fit(start, examples[:3], recipe, tmp_path / "run")
    assert any(not torch.equal(before[name], value) for name, value in tensors(start.model).items())


def test_it_learns(checkpoint: Path, examples: tuple[Example, ...], tmp_path: Path) -> None:
    recipe = replace(RECIPE, epochs=20, augmentation=Augmentation(0, 0, 0))
    start = Start.open(checkpoint)
    frozen = start.model.get_input_embeddings().weight.clone()
    model = fit(start, examples[:10], recipe, tmp_path / "run")
    log = (tmp_path / "run" / "log.jsonl").read_text(encoding="utf-8")
    losses = [json.loads(line)["loss"] for line in log.splitlines()]
    assert losses[-1] < losses[0] / 2
    assert torch.equal(model.get_input_embeddings().weight, frozen) and not model.training


def test_frozen_layers_stay_as_they_are(
    checkpoint: Path, examples: tuple[Example, ...], tmp_path: Path
) -> None:
    start = Start.open(checkpoint)
    before = tensors(start.model)
    recipe = replace(RECIPE, epochs=1, optimisation=replace(RECIPE.optimisation, frozen=1))
    model = fit(start, examples[:3], recipe, tmp_path / "run")
    changed = [name for name, value in tensors(model).items() if not torch.equal(before[name], value)]
    assert not any(".layer.0." in name for name in changed)
    assert any(".layer.1." in name for name in changed) and any("qa_outputs" in name for name in changed)


def test_a_loss_that_diverges_is_refused(
    checkpoint: Path, examples: tuple[Example, ...], tmp_path: Path
) -> None:
    start = Start.open(checkpoint)
    with torch.no_grad():
        start.model.qa_outputs.bias.fill_(float("nan"))
    with pytest.raises(TrainingError, match="lower learning_rate"):
        fit(start, examples[:5], RECIPE, tmp_path / "run")


def test_lower_layers_learn_more_slowly(checkpoint: Path) -> None:
    start = Start.open(checkpoint)
    options = Optimisation(learning_rate=1.0, layer_decay=0.5, warmup=0.1)
    found = adamw(start.model, options)
    names = {id(value): name for name, value in start.model.named_parameters()}
    peaks = {names[id(value)]: group["peak"] for group in found.param_groups for value in group["params"]}
    assert peaks["qa_outputs.weight"] == 1.0
    assert peaks["bert.encoder.layer.1.output.dense.weight"] == 0.5
    assert peaks["bert.encoder.layer.0.output.dense.weight"] == 0.25
    assert peaks["bert.embeddings.LayerNorm.weight"] == 0.125
    rates = []
    for done in (0.0, 0.05, 0.1, 0.55, 1.0):
        set_rate(found, options, done)
        rates.append(max(group["lr"] for group in found.param_groups))
    assert rates == pytest.approx([0, 0.5, 1.0, 0.5, 0])


def test_the_rate_is_level_before_the_cooldown(checkpoint: Path) -> None:
    found = adamw(Start.open(checkpoint).model, Optimisation(learning_rate=1.0))

    def rates(options: Optimisation) -> list[float]:
        seen = []
        for done in (0.05, 0.5, 0.9, 0.95, 1.0):
            set_rate(found, options, done)
            seen.append(max(group["lr"] for group in found.param_groups))
        return seen

    assert rates(Optimisation(1.0, warmup=0.1, cooldown=0.1)) == pytest.approx([0.5, 1, 1, 0.5, 0])
    assert rates(Optimisation(1.0, warmup=0.1, cooldown=0.0)) == pytest.approx([0.5, 1, 1, 1, 1])
    assert rates(Optimisation(1.0, warmup=0.0, cooldown=1.0)) == pytest.approx([0.95, 0.5, 0.1, 0.05, 0])


def test_a_cooldown_sets_out_from_a_stable_run_and_leaves_it(
    checkpoint: Path, examples: tuple[Example, ...], tmp_path: Path
) -> None:
    level = replace(RECIPE, epochs=1, optimisation=replace(RECIPE.optimisation, cooldown=0.0))
    fit(Start.open(checkpoint), examples[:20], level, tmp_path / "stable")
    kept = (tmp_path / "stable" / "state" / "state.safetensors").read_bytes()
    still = replace(RECIPE, epochs=1, optimisation=replace(RECIPE.optimisation, learning_rate=1e-12))
    learnt = Start.open(checkpoint)
    fit(learnt, examples[:20], still, tmp_path / "fall", before=tmp_path / "stable")
    stable = load_file(tmp_path / "stable" / "state" / "state.safetensors")
    for name, value in learnt.model.named_parameters():
        if value.requires_grad:
            torch.testing.assert_close(value.data, stable[f"model.{name}"], atol=1e-6, rtol=0)
    assert (tmp_path / "stable" / "state" / "state.safetensors").read_bytes() == kept
    with pytest.raises(InputError, match="no state of a run to go on from"):
        fit(Start.open(checkpoint), examples[:20], still, tmp_path / "x", before=tmp_path / "nothing")


def test_padding_takes_no_part_in_the_loss() -> None:
    logits, mask = torch.zeros(1, 4), torch.tensor([[1, 1, 0, 0]])
    first = torch.tensor([1])
    loss = span_loss(logits, logits, mask, first, first)
    assert loss.item() == pytest.approx(torch.log(torch.tensor(2.0)).item())
