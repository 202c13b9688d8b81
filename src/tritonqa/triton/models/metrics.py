"""What the reader did, as metrics on Triton's own endpoint."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from itertools import cycle
from time import perf_counter

import triton_python_backend_utils as pb_utils

from tritonqa.arrays import FloatArray
from tritonqa.engine import Engine, Flow
from tritonqa.features import Window

_EVERY = 1.0  # seconds in which all are told, one by one: each halts the reader until Triton has taken it
_COUNTERS = {
    "tritonqa_answered": "Asks that got at least one answer",
    "tritonqa_no_answer": "Asks whose passages hold no answer",
    "tritonqa_cached": "Asks that were answered from the cache",
    "tritonqa_refused": "Asks that got an error",
    "tritonqa_windows": "Windows run",
    "tritonqa_tokens": "Tokens of the windows run",
    "tritonqa_padding_tokens": "Tokens that were computed beside these, to fill up lengths",
    "tritonqa_engine_calls": "Calls of the engine; windows over calls is the batch size",
    "tritonqa_engine_seconds": "Seconds of the engine, of all streams together",
    "tritonqa_asks_begun": "Asks whose first window was run",
    "tritonqa_queue_seconds": "Seconds that asks waited for their first window, in all",
}
_GAUGE = ("tritonqa_waiting_windows", "Windows that wait now")
_NAMES = (*_COUNTERS, _GAUGE[0])


class Metrics:
    """Count here, and tell Triton of each counter once a second."""

    def __init__(self, labels: dict[str, str]) -> None:
        """Register the metrics and start the thread that tells."""
        kind = pb_utils.MetricFamily
        self._families = {name: kind(name, text, kind.COUNTER) for name, text in _COUNTERS.items()}
        self._metrics = {name: family.Metric(labels=labels) for name, family in self._families.items()}
        self._gauge_family = kind(*_GAUGE, kind.GAUGE)
        self._gauge = self._gauge_family.Metric(labels=labels)
        self._counts: Counter[str] = Counter()
        self._flow: Flow | None = None
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._report_all, name="tritonqa-metrics", daemon=True)
        self._thread.start()

    def watch(self, flow: Flow) -> None:
        """Tell of this flow's queue too."""
        self._flow = flow

    def answered(self, some: bool) -> None:
        """Count an ask that was answered, or found to have no answer."""
        self.add(tritonqa_answered=some, tritonqa_no_answer=not some)

    def refused(self) -> None:
        """Count an ask that got an error."""
        self.add(tritonqa_refused=1)

    def cached(self) -> None:
        """Count an ask that was answered from the cache."""
        self.add(tritonqa_cached=1)

    def add(self, **counts: float) -> None:
        """Add to counters by name."""
        with self._lock:
            for name, count in counts.items():
                self._counts[name] += count  # type: ignore[assignment]

    def close(self) -> None:
        """Tell a last time and stop."""
        self._closed.set()
        self._thread.join()
        for name in _NAMES:
            self._report(name)

    def _report_all(self) -> None:
        for name in cycle(_NAMES):
            if self._closed.wait(_EVERY / len(_NAMES)):
                return
            self._report(name)

    def _report(self, name: str) -> None:
        if self._flow is not None:
            begun, waited = self._flow.drain_wait_stats()
            self.add(tritonqa_asks_begun=begun, tritonqa_queue_seconds=waited)
            if name == _GAUGE[0]:
                self._gauge.set(self._flow.waiting)
        with self._lock:
            count = self._counts.pop(name, 0)
        if count:
            self._metrics[name].increment(count)


class MeteredEngine(Engine):
    """An engine whose calls are counted."""

    def __init__(self, engine: Engine, metrics: Metrics) -> None:
        """Wrap an engine."""
        self._engine, self._metrics = engine, metrics
        self.name, self.precision = engine.name, engine.precision
        self.streams, self.grouping = engine.streams, engine.grouping

    def run(self, windows: Sequence[Window], *, alone: bool = False) -> list[FloatArray]:
        """Run the windows; see Engine."""
        begun = perf_counter()
        found = self._engine.run(windows, alone=alone)
        tokens = sum(map(len, windows))
        self._metrics.add(
            tritonqa_windows=len(windows),
            tritonqa_tokens=tokens,
            tritonqa_padding_tokens=self.computed(windows) - tokens,
            tritonqa_engine_calls=1,
            tritonqa_engine_seconds=perf_counter() - begun,
        )
        return found

    def computed(self, windows: Sequence[Window]) -> int:
        """Count the tokens; see Engine."""
        return self._engine.computed(windows)

    def close(self) -> None:
        """Close the engine."""
        self._engine.close()
