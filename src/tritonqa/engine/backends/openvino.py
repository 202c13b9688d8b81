"""OpenVINO on a CPU: a stream per core; a lone call gets all cores.

Lengths are rounded up to multiples of 16, and a few windows that are then of one length are run together: a
window's logits do not depend, by a single bit, on what ran with it.
"""

from __future__ import annotations

import queue
import threading
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tritonqa.arrays import FloatArray
from tritonqa.engine.answer_types import stack_logits
from tritonqa.engine.backends import float_activations, openvino_attention
from tritonqa.engine.backends.openvino_model import OpenVinoModel, infer
from tritonqa.engine.base import ROUND_TO, Grouping, Padding, pad_windows, require_ports, rounded
from tritonqa.errors import EngineError, first_line
from tritonqa.features import Window

_CODE = (__file__, float_activations.__file__, openvino_attention.__file__)


class OpenVinoEngine(Padding):
    """Run an ONNX file; compiled for one window on all cores, and for many streams when those come."""

    name = "openvino"
    round_to = ROUND_TO
    # Short windows run together. Long ones gain nothing by it, and who comes next would wait for them all.
    grouping = Grouping(max_windows=4, max_tokens=640, same_length=ROUND_TO)

    def __init__(self, file: Path, precision: str, cores: int) -> None:
        """Read the file, or what was compiled of it before.

        Raises EngineError where OpenVINO can't, MissingExtra without it.
        """
        self._file, self.precision, self._cores = file, precision, cores
        # Two windows ready beside those that run: with one, cores wait where a server's processes take turns.
        self.streams = cores + 2 if cores > 1 else 1
        hint = "bf16" if precision.endswith("bf16") else "f32"
        self._lock, self._wide_free = threading.Lock(), threading.Lock()
        self._wide: Any = None
        self._requests: queue.SimpleQueue[Any] | None = None
        self.model = OpenVinoModel(file, self._read, _CODE, hint, precision)
        if not self.model.is_kept:
            self.prepare(alone=True)  # what can't run is told at once

    def prepare(self, *, alone: bool) -> None:
        """Compile for a lone call, or for many streams."""
        if alone:
            self._lone()
        else:
            self._streams()

    def run(self, windows: Sequence[Window], *, alone: bool = False) -> list[FloatArray]:
        """Run the windows of each length together on this stream, or on all cores when alone."""
        if (alone or self._cores == 1) and self._wide_free.acquire(blocking=self._cores == 1):
            try:
                return self._infer(self._lone(), windows)
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
        self._requests = self._wide = None

    def _read(self, core: Any) -> Any:
        """Read the file as it is compiled."""
        if self.precision == "int8-weights":
            from openvino.passes import ConstantFolding, Manager

            model, passes = core.read_model(float_activations.float_activations(self._file)), Manager()
            passes.register_pass(ConstantFolding())  # weights unfold here, not again in each product
            passes.run_passes(model)
        else:
            model = core.read_model(self._file)
        inputs, outputs = ([port.get_any_name() for port in ports] for ports in (model.inputs, model.outputs))
        require_ports(self._file.name, inputs, outputs)
        openvino_attention.fold_key_transposes(model)
        return model

    def _compile(self, streams: int) -> Any:
        hint = "LATENCY" if streams == 1 else "THROUGHPUT"
        try:
            compiled = self.model.compile(
                NUM_STREAMS=streams, INFERENCE_NUM_THREADS=self._cores, PERFORMANCE_HINT=hint
            )
            self._names = [port.get_any_name() for port in compiled.inputs]
            return compiled
        except RuntimeError as error:
            raise EngineError(f"OpenVINO can't run {self._file.name}: {first_line(error)}") from error

    def _lone(self) -> Any:
        with self._lock:
            if self._wide is None:
                self._wide = self._compile(1).create_infer_request()
            return self._wide

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
            given = {name: inputs[name] for name in self._names}
            infer(request, given, share_inputs=True, share_outputs=True)
            start, end, *types = (tensor.data for tensor in request.output_tensors)
            for row, i in enumerate(indices):
                length = len(windows[i])
                of_type = types[0][row] if types else None
                found[i] = stack_logits(start[row, :length], end[row, :length], of_type)
        return [found[i] for i in range(len(windows))]
