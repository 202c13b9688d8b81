"""A training run → files to go on from, and back; tensors only, nothing that could run."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from tritonqa.errors import InputError, OutputError, first_line

_RECORD, _TENSORS = "state.json", "state.safetensors"


class State:
    """A folder that always holds the last whole state of a run, or none."""

    def __init__(self, folder: Path, run: dict[str, Any]) -> None:
        """Take the folder, and what the run is made of: a state of another run is refused."""
        self.folder, self.run = folder, json.loads(json.dumps(run))

    def save(self, step: int, model: Any, average: Any, optimiser: torch.optim.Optimizer) -> None:
        """Write beside the last state, then take its place; raises OutputError, the last state is kept."""
        fresh, old = self.folder.with_suffix(".new"), self.folder.with_suffix(".old")
        record = json.dumps({"step": step, "run": self.run}, indent=2)
        for left in (fresh, old):
            shutil.rmtree(left, ignore_errors=True)
        try:
            fresh.mkdir(parents=True)
            save_file(_tensors(model, average, optimiser), fresh / _TENSORS)
            (fresh / _RECORD).write_text(record, encoding="utf-8")
            if self.folder.exists():
                self.folder.rename(old)
            fresh.rename(self.folder)
        except (OSError, SafetensorError) as error:
            raise OutputError(
                f"{self.folder} can't be written: {first_line(error)}; make room, and the same command goes "
                "on"
            ) from error
        shutil.rmtree(old, ignore_errors=True)

    def restore(self, model: Any, average: Any, optimiser: torch.optim.Optimizer) -> int:
        """Load the last state in place and return its step; 0 where there is none.

        Raises InputError for a state of another run.
        """
        folder = _whole(self.folder)
        if folder is None:
            return 0
        record = json.loads((folder / _RECORD).read_text(encoding="utf-8"))
        if {**self.run, **record["run"]} != self.run:  # older states do not say from which reader
            raise InputError(
                f"{folder} holds a run from another reader, or with other data or options; "
                "remove it or name another"
            )
        load_state(folder, model, average, optimiser)
        return int(record["step"])


def load_state(folder: Path, model: Any, average: Any, optimiser: torch.optim.Optimizer) -> None:
    """Load weights, moments and average of a state, of whatever run; raises InputError where none is."""
    found = _whole(folder)
    if found is None:
        raise InputError(f"{folder} holds no state of a run to go on from")
    known = load_file(found / _TENSORS)
    with torch.no_grad():
        for name, value in _tensors(model, average, optimiser).items():
            value.copy_(known[name])


def _whole(folder: Path) -> Path | None:
    return next((f for f in (folder, folder.with_suffix(".old")) if f.is_dir()), None)


def _tensors(model: Any, average: Any, optimiser: torch.optim.Optimizer) -> dict[str, Any]:
    """Name what a run changes; moments are made where the optimiser has not stepped yet."""
    found = {}
    for name, value in model.named_parameters():
        if not value.requires_grad:
            continue
        moments = optimiser.state[value]
        if not moments:
            moments.update(step=torch.zeros((), device=value.device), exp_avg=torch.zeros_like(value))
            moments["exp_avg_sq"] = torch.zeros_like(value)
        found[f"model.{name}"] = value.data
        found |= {f"{kind}.{name}": moment for kind, moment in moments.items()}
    for name, value in average.named_parameters():
        if value.requires_grad:
            found[f"average.{name}"] = value.data
    return found | {"averaged": average.n_averaged}
