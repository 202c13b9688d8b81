"""recipe.toml and a data folder → clean training examples."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from models.minilm.recipe.hygiene import clean
from tritonqa.datasets import Example, load_squad
from tritonqa.train import Augmentation, Optimisation, Recipe

HERE = Path(__file__).parent
RESULTS = HERE / "results"


@dataclass(frozen=True)
class Mix:
    """A recipe, its loss by name and weight, its examples, and how many of each file were drawn and kept."""

    recipe: Recipe
    objective: tuple[str, float]
    examples: list[Example]
    counts: dict[str, dict[str, int]]


@dataclass(frozen=True)
class Run:
    """A run from the start, and the share of what it changes that the weights take."""

    name: str
    blend: float
    mix: Mix


def runs_of(data: Path, file: Path) -> list[Run]:
    """Draw what each run of a recipe learns from: its own epochs and shares in place of the recipe's."""
    found = []
    for item in tomllib.loads(file.read_text(encoding="utf-8"))["run"]:
        drawn = mix(data, file, item.get("shares"))
        recipe = replace(drawn.recipe, epochs=item.get("epochs", drawn.recipe.epochs))
        found.append(Run(item["name"], item["blend"], replace(drawn, recipe=recipe)))
    return found


def mix(data: Path, file: Path = HERE / "recipe.toml", shares: Mapping[str, float] | None = None) -> Mix:
    """Draw the shares that the recipe names, or others in their place, and drop what is held out."""
    config = tomllib.loads(file.read_text(encoding="utf-8"))
    recipe = _recipe(config["recipe"])
    held = [example for name in config["held-out"]["files"] for example in load_squad(data / name).examples]
    random = np.random.default_rng(recipe.seed)
    examples: list[Example] = []
    counts = {}
    for item in config["data"]:
        found = load_squad(data / item["file"]).examples
        share = (shares or {}).get(item["file"], item.get("share", 1.0))
        drawn = [example for example in found if random.random() < share]
        kept = list(clean(drawn, held))
        counts[item["file"]] = {"of": len(found), "drawn": len(drawn), "kept": len(kept)}
        examples += kept
    objective, weight = config.get("objective", ("likelihood", 1.0))
    return Mix(recipe, (objective, weight), examples, counts)


def _recipe(record: dict[str, Any]) -> Recipe:
    parts = {
        "augmentation": Augmentation(**record.get("augmentation", {})),
        "optimisation": Optimisation(**record.get("optimisation", {})),
    }
    return Recipe(**{**record, **parts})
