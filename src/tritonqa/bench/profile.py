"""An ask's time by stage: tokenise, queue, run, decode, hand back; on a Triton queue, run, the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext
from time import perf_counter

import numpy as np

from tritonqa.answers import Answers, rank
from tritonqa.arrays import FloatArray
from tritonqa.bench.cost import WAITS
from tritonqa.engine import Engine
from tritonqa.features import Window
from tritonqa.progress import Step
from tritonqa.reader.backend import StartAsk
from tritonqa.reader.in_process import InProcess
from tritonqa.reader.stream import result_of
from tritonqa.spans import Decoding, decode
from tritonqa.text import Ask

STAGES = ("tokenise", "queue", "run", "decode")
Stages = dict[str, dict[str, float]]
"""By stage: mean_ms of an ask, and p99_ms where each ask was seen."""


class Timed(Engine):
    """An engine that notes when a window's run began."""

    def __init__(self, engine: Engine) -> None:
        """Wrap an engine."""
        self._engine = engine
        self.name, self.precision = engine.name, engine.precision
        self.streams, self.grouping = engine.streams, engine.grouping
        self.begun: dict[int, float] = {}  # id of a window → time of perf_counter

    def run(self, windows: Sequence[Window], *, alone: bool = False) -> list[FloatArray]:
        """Run the windows; see Engine."""
        now = perf_counter()
        self.begun.update((id(window), now) for window in windows)
        return self._engine.run(windows, alone=alone)

    def computed(self, windows: Sequence[Window]) -> int:
        """Count the tokens; see Engine."""
        return self._engine.computed(windows)

    def close(self) -> None:
        """Close the engine."""
        self._engine.close()


class Profiled:
    """A reader in this process whose asks are timed by stage: the same three calls, with a clock between."""

    def __init__(self, backend: InProcess) -> None:
        """Take a reader that is open and was not asked anything yet."""
        self.reader, self.fingerprint = backend, backend.fingerprint
        self.lookahead, self.decoding, self.calibration = (
            backend.lookahead,
            backend.decoding,
            backend.calibration,
        )
        self._engine = Timed(backend.flow.engine)
        backend.flow.engine = self._engine
        self._rows: list[tuple[float, ...]] = []

    def start(self, ask: Ask, options: Decoding, *, step: Step | None = None) -> Future[Answers]:
        """Start an ask; see Backend."""
        begun = perf_counter()
        prepared = self.reader.prepare(ask)
        ready = perf_counter()

        def finish(logits: list[FloatArray]) -> Answers:
            ran = perf_counter()
            found = rank(prepared, decode(prepared.windows, logits, options), self.calibration, options)
            first = min(self._engine.begun.pop(id(window), ran) for window in prepared.windows)
            self._rows.append((ready - begun, first - ready, ran - first, perf_counter() - ran))
            return found

        return self.reader.flow.submit(prepared.windows, finish, step=step)

    def answer(self, ask: Ask, options: Decoding, *, step: Step | None = None) -> Answers:
        """Answer an ask; see Backend."""
        return result_of(self.start(ask, options, step=step))

    def stream(self) -> AbstractContextManager[StartAsk]:
        """Give what starts many asks; see Backend."""
        return nullcontext(self.start)

    def take(self, mean_seconds: float) -> Stages:
        """Return the stages of the asks since the last call; what is left of their mean time is hand back."""
        rows, self._rows = np.array(self._rows).reshape(-1, len(STAGES)), []
        if not len(rows):
            return {}
        found = {
            name: {"mean_ms": 1e3 * float(row.mean()), "p99_ms": 1e3 * float(np.quantile(row, 0.99))}
            for name, row in zip(STAGES, rows.T, strict=True)
        }
        left = max(0.0, 1e3 * (mean_seconds - float(rows.sum(1).mean())))
        return found | {"hand back": {"mean_ms": left}}

    def close(self) -> None:
        """Close the reader."""
        self.reader.close()


def served_stages(before: Mapping[str, float], after: Mapping[str, float], mean_seconds: float) -> Stages:
    """Return the stages of a Triton's asks by its metrics; what is left of their mean time is the rest."""
    begun, queued, ran = (after.get(name, 0.0) - before.get(name, 0.0) for name in WAITS)
    if not begun:
        return {}
    queue, run = queued / begun, ran / begun
    rest = max(0.0, mean_seconds - queue - run)
    parts = {"queue": queue, "run": run, "wire, tokenise, decode": rest}
    return {name: {"mean_ms": 1e3 * seconds} for name, seconds in parts.items()}
