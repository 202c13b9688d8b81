"""Model and lessons → the model, trained."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from itertools import count, islice
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from tritonqa.datasets import Example
from tritonqa.errors import TrainingError
from tritonqa.progress import Report, silent
from tritonqa.train.attention import choose_attention
from tritonqa.train.batches import Batch, LongArray, collate, padded, plan
from tritonqa.train.epoch import Lessons
from tritonqa.train.label import Labelled
from tritonqa.train.memory import keep_freed_memory
from tritonqa.train.objective import Objective, Target, likelihood
from tritonqa.train.optimiser import adamw, freeze_embeddings, freeze_layers, set_dropout, set_rate
from tritonqa.train.options import Recipe
from tritonqa.train.precision import in_bf16
from tritonqa.train.start import Start
from tritonqa.train.state import State, load_state

SAVE_EVERY = 300.0  # seconds
_LOGGED = 20  # steps that share a line of the log
_SMALLEST = 512  # tokens of a batch, where there are few to learn from


def fit(
    start: Start,
    examples: Sequence[Example],
    recipe: Recipe,
    folder: Path,
    report: Report = silent,
    objective: Objective = likelihood,
    before: Path | None = None,
) -> Any:
    """Train a model on examples, in place, and return its averaged copy.

    The folder keeps the run's state and log.jsonl: a run that was interrupted continues as if it had not
    been. before is the folder of a run whose weights, moments and average a fresh one sets out with.
    Raises InputError for another run's folder, TrainingError when the loss diverges.
    """
    keep_freed_memory()
    model, lessons = start.model, start.lessons(examples, recipe)
    model.to("cuda" if torch.cuda.is_available() else "cpu").train()
    freeze_embeddings(model)
    freeze_layers(model, recipe.optimisation.frozen)
    set_dropout(model, recipe.optimisation.dropout)
    optimiser = adamw(model, recipe.optimisation)
    average = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(recipe.optimisation.averaging))
    run = {"recipe": asdict(recipe), "examples": _digest(examples), "start": start.digest}
    kept = State(folder / "state", run)
    done = kept.restore(model, average, optimiser)
    if not done and before is not None:
        load_state(before / "state", model, average, optimiser)
    first = _plan(lessons, recipe, 0)
    total = max(round(recipe.epochs * len(first.groups)), recipe.least_steps)
    saved, losses, seen = monotonic(), [], 0
    batches = _batches(first, lessons, recipe, model.config.pad_token_id or 0)
    del first  # an epoch's windows are held once
    try:
        for number, batch in enumerate(islice(batches, total)):
            seen += len(batch.ids)
            if number < done:
                continue
            set_rate(optimiser, recipe.optimisation, done / total)
            torch.manual_seed(recipe.seed * 1_000_003 + done)  # dropout depends on the step's number alone
            loss = _loss(start, average.module, batch, objective)
            if not torch.isfinite(loss):
                raise TrainingError(f"the loss is {loss.item()} at step {done}; lower learning_rate")
            _learn(model, loss, optimiser, recipe.optimisation.clip)
            losses.append(float(loss.detach()))
            average.update_parameters(model)
            done += 1
            report("training", done, total)
            if done % _LOGGED == 0 or done == total:
                _log(folder, {"step": done, "of": total, "windows": seen}, losses)
                losses = []
            if monotonic() - saved > SAVE_EVERY:
                kept.save(done, model, average, optimiser)
                saved = monotonic()
    finally:
        kept.save(done, model, average, optimiser)
    return average.module.eval()


@dataclass(frozen=True, slots=True)
class _Plan:
    """An epoch's windows, its batches as indices into them, and the generator that goes on."""

    windows: list[Labelled]
    groups: list[LongArray]
    random: np.random.Generator


def _plan(lessons: Lessons, recipe: Recipe, epoch: int) -> _Plan:
    random = np.random.default_rng((recipe.seed, epoch, 1))
    windows = lessons.epoch(epoch)
    return _Plan(windows, plan(windows, _batch_tokens(windows, recipe), random), random)


def _batch_tokens(windows: Sequence[Labelled], recipe: Recipe) -> int:
    """Return how many tokens a batch has: no more than leave room for the least steps."""
    share = recipe.epochs * sum(map(padded, windows)) / recipe.least_steps
    return min(recipe.batch_tokens, max(_SMALLEST, int(share)))


def _batches(planned: _Plan, lessons: Lessons, recipe: Recipe, pad: int) -> Iterator[Batch]:
    for epoch in count(1):
        for group in planned.groups:
            yield collate([planned.windows[i] for i in group], pad, planned.random)
        planned.windows.clear()  # before the next ones are made
        planned = _plan(lessons, recipe, epoch)


def _loss(start: Start, average: Any, batch: Batch, objective: Objective) -> Any:
    model, device = start.model, start.model.device
    ids, mask, types, first, last, kinds = (
        torch.from_numpy(part).to(device)
        for part in (batch.ids, batch.mask, batch.types, batch.first, batch.last, batch.answer_types)
    )
    inputs = {"input_ids": ids, "attention_mask": mask} | ({"token_type_ids": types} if start.typed else {})
    choose_attention(model, ids.shape[1])
    with torch.autocast(device.type, torch.bfloat16, enabled=in_bf16(device)):
        return objective(model, average, inputs, Target(first, last, mask, kinds))


def _learn(model: Any, loss: Any, optimiser: torch.optim.Optimizer, clip: float) -> None:
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), clip)
    optimiser.step()
    optimiser.zero_grad()


def _digest(examples: Sequence[Example]) -> str:
    return sha256("".join(map(repr, examples)).encode()).hexdigest()


def _log(folder: Path, line: dict[str, float], losses: list[float]) -> None:
    line["loss"] = round(sum(losses) / len(losses), 4)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "log.jsonl").open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(line) + "\n")
