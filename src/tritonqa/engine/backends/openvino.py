"""OpenVINO on a CPU: a stream per core; a lone call gets all cores.

Lengths are rounded up to multiples of 16, and a few windows that are then of one length are run together: a
window's logits do not depend, by a single bit, on what ran with it.
"""

from __future__ import annotations

import os
import queue
import threading
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tritonqa.arrays import FloatArray
from tritonqa.engine.answer_types import stack_logits
from tritonqa.engine.backends.float_activations import float_activations
from tritonqa.engine.backends.openvino_attention import fold_key_transposes
from tritonqa.engine.base import ROUND_TO, Grouping, Padding, pad_windows, require_ports, rounded
from tritonqa.errors import EngineError, MissingExtra
from tritonqa.features import Window

FIRST = threading.Lock()
"""Held for a model's first inference, which makes the binding's tables: two at once would deadlock there."""


class OpenVinoEngine(Padding):
    """Run an ONNX file; compiled for one window on all cores, and for many streams when those come."""

    name = "openvino"
    round_to = ROUND_TO
    # Short windows run together. Long ones gain nothing by it, and who comes next would wait for them all.
    grouping = Grouping(max_windows=4, max_tokens=640, same_length=ROUND_TO)

    def __init__(self, file: Path, precision: str, cores: int) -> None:
        """Read the file; raises EngineError where OpenVINO can't, MissingExtra without it."""
        os.environ.setdefault("OPENVINO_TELEMETRY_OPT_OUT", "1")
        try:
            import openvino as ov
        except ImportError as error:
            raise MissingExtra("openvino", "openvino") from error
        self.precision, self._cores = precision, cores
        # Two windows ready beside those that run: with one, cores wait where a server's processes take turns.
        self.streams = cores + 2 if cores > 1 else 1
        self._hint = "bf16" if precision.endswith("bf16") else "f32"
        self._lock = threading.Lock()
        self._requests: queue.SimpleQueue[Any] | None = None
        try:
            self._core = ov.Core()
            self._model = self._read(file)
            self._names = [port.get_any_name() for port in self._model.inputs]
            require_ports(file.name, self._names, [port.get_any_name() for port in self._model.outputs])
            fold_key_transposes(self._model)
            self._wide = self._compile(1).create_infer_request()
            with FIRST:
                self._wide.infer({name: np.ones((1, 8), np.int64) for name in self._names})
        except RuntimeError as error:
            raise EngineError(f"OpenVINO can't run {file.name}: {str(error).splitlines()[0]}") from error
        self._wide_free = threading.Lock()

    def run(self, windows: Sequence[Window], *, alone: bool = False) -> list[FloatArray]:
        """Run the windows of each length together on this stream, or on all cores when alone."""
        if (alone or self._cores == 1) and self._wide_free.acquire(blocking=self._cores == 1):
            try:
                return self._infer(self._wide, windows)
            finally:
                self._wide_free.release()
        free = self._streams()
        request = free.get()
        try:
            return self._infer(request, windows)
        finally:
            free.put(request)

    def close(self) -> None:
        """Let go of the compiled models."""
        self._requests = None
        del self._wide

    def _read(self, file: Path) -> Any:
        if self.precision != "int8-weights":
            return self._core.read_model(file)
        from openvino.passes import ConstantFolding, Manager

        model, passes = self._core.read_model(float_activations(file)), Manager()
        passes.register_pass(ConstantFolding())  # weights unfold here, not again in each product
        passes.run_passes(model)
        return model

    def _compile(self, streams: int) -> Any:
        return self._core.compile_model(
            self._model,
            "CPU",
            {
                "INFERENCE_PRECISION_HINT": self._hint,
                "NUM_STREAMS": streams,
                "INFERENCE_NUM_THREADS": self._cores,
                "PERFORMANCE_HINT": "LATENCY" if streams == 1 else "THROUGHPUT",
            },
        )

    def _streams(self) -> queue.SimpleQueue[Any]:
        with self._lock:
            if self._requests is None:
                compiled = self._compile(self._cores)
                self._requests = queue.SimpleQueue()
                for _ in range(self.streams):
                    self._requests.put(compiled.create_infer_request())
            return self._requests

    def _infer(self, request: Any, windows: Sequence[Window]) -> list[FloatArray]:
        by_length = defaultdict(list)
        for index, window in enumerate(windows):
            by_length[rounded(len(window), self.round_to)].append(index)
        found: dict[int, FloatArray] = {}
        for width, indices in by_length.items():
            inputs = pad_windows([windows[i] for i in indices], width)
            request.infer({name: inputs[name] for name in self._names}, share_inputs=True, share_outputs=True)
            ports = range(len(self._model.outputs))
            start, end, *types = (request.get_output_tensor(port).data for port in ports)
            for row, i in enumerate(indices):
                length = len(windows[i])
                of_type = types[0][row] if types else None
                found[i] = stack_logits(start[row, :length], end[row, :length], of_type)
        return [found[i] for i in range(len(windows))]
