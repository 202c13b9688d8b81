"""A version's folder and configuration → its bundle and its engine, warm."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from tritonqa.bundle import Bundle, read
from tritonqa.engine import Choice, Engine, cpu, open_engine
from tritonqa.features import Template, Tokens, Window
from tritonqa.protocol import parameters
from tritonqa.protocol.parameters import parameters_of
from tritonqa.reader.choose import choose

_NONE = np.empty(0, np.int32)


def open_bundle(args: Mapping[str, str], config: Mapping[str, Any]) -> tuple[Bundle, Choice, Engine]:
    """Open the bundle that lies beside model.py with its engine; an instance gets its share of the cores."""
    known = parameters_of(config)
    bundle = read(Path(args["model_repository"]) / args["model_version"] / "bundle")
    choice = choose(bundle, known.get(parameters.ENGINE), known.get(parameters.PRECISION))
    instances = sum(group["count"] for group in config["instance_group"])
    engine = open_engine(choice, cores=max(1, cpu.cores() // instances))
    longest = bundle.manifest.windowing.max_length
    warm_up(engine, [length for length in json.loads(known[parameters.WARMUP]) if length <= longest])
    return bundle, choice, engine


def warm_up(engine: Engine, lengths: Sequence[int]) -> None:
    """Run a window of each length, alone and beside others: engines compile for what they meet first."""
    windows = [window_of(np.ones(length, np.int32)) for length in lengths]
    for window in windows:
        engine.run([window], alone=True)
    with ThreadPoolExecutor(engine.streams) as pool:
        for window in windows:
            list(pool.map(engine.run, [[window]] * engine.streams))


def window_of(ids: np.ndarray, types: tuple[int, int] = (0, 0), middle: int | None = None) -> Window:
    """Make a window of token ids [length]; those from middle on are of the second type."""
    first, second = ids[:middle], ids[len(ids) if middle is None else middle :]
    template = Template(_NONE, _NONE, _NONE, (0, types[0], 0, types[1], 0))
    return Window(template, first, Tokens(second, _NONE, _NONE, _NONE), 0, 0, len(second))
