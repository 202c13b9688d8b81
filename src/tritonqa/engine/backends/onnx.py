"""onnxruntime on a CPU: one window per stream, a stream per core; a lone window gets all cores."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tritonqa.arrays import FloatArray
from tritonqa.engine.answer_types import stack_logits
from tritonqa.engine.backends.float_activations import float_activations
from tritonqa.engine.base import Padding, pad_windows, require_ports, rounded
from tritonqa.errors import EngineError, MissingExtra, first_line
from tritonqa.features import Window


class OnnxEngine(Padding):
    """Run an ONNX file in sessions of one thread and of all threads."""

    name = "onnx"

    def __init__(self, file: Path, precision: str, cores: int) -> None:
        """Read the file; raises EngineError where onnxruntime can't, MissingExtra without it."""
        try:
            import onnxruntime
        except ImportError as error:
            raise MissingExtra("onnxruntime", "onnxruntime") from error
        self._library = onnxruntime
        self._file, self.precision, self._cores, self.streams = file, precision, cores, cores
        self._lock = threading.Lock()
        self._narrow: Any = None
        self._wide = self._session(cores)
        self._names = [port.name for port in self._wide.get_inputs()]
        require_ports(file.name, self._names, [port.name for port in self._wide.get_outputs()])

    def run(self, windows: Sequence[Window], *, alone: bool = False) -> list[FloatArray]:
        """Run the windows one after the other on this stream, or on all cores when alone."""
        session = self._wide if alone or self._cores == 1 else self._one_thread()
        return [self._infer(session, window) for window in windows]

    def close(self) -> None:
        """Let go of the sessions."""
        self._wide = self._narrow = None

    def _session(self, threads: int) -> Any:
        options = self._library.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        model: str | bytes = str(self._file)
        if self.precision == "int8-weights":
            model = float_activations(self._file)
            options.add_session_config_entry("session.disable_quant_qdq", "1")  # weights unfold once, at load
        try:
            return self._library.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise EngineError(f"onnxruntime can't run {self._file.name}: {first_line(error)}") from error

    def _one_thread(self) -> Any:
        with self._lock:
            if self._narrow is None:
                self._narrow = self._session(1)
            return self._narrow

    def _infer(self, session: Any, window: Window) -> FloatArray:
        length = len(window)
        inputs = pad_windows([window], rounded(length, self.round_to))
        start, end, *types = session.run(None, {name: inputs[name] for name in self._names})
        return stack_logits(start[0, :length], end[0, :length], types[0][0] if types else None)
