"""An ONNX file → models that OpenVINO has compiled, in another process before or here."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from tritonqa import __version__
from tritonqa.engine import cpu
from tritonqa.engine.external import external_data
from tritonqa.engine.model_cache import Blob, ModelCache, key_of, model_cache
from tritonqa.errors import MissingExtra

Read: TypeAlias = Callable[[Any], Any]
"""OpenVINO's core → the model of a file, as it is to be compiled."""

_FIRST, _TABLES = threading.Lock(), threading.Event()


class OpenVinoModel:
    """A model that is compiled as often as it is asked for; not thread-safe.

    What OpenVINO makes of a file before it makes kernels is kept in this user's cache, for any number of
    streams: with it the file is not read, and compiling takes a quarter of the time. It is let go of with
    this, so this must live as long as what was compiled.
    """

    def __init__(self, file: Path, read: Read, code: Sequence[str], *settings: str) -> None:
        """Take a file, what reads it, and all on which that depends: files of code, and settings.

        The first of settings is the precision of products, OpenVINO's own. Raises MissingExtra without it.
        """
        os.environ.setdefault("OPENVINO_TELEMETRY_OPT_OUT", "1")
        try:
            import openvino as ov
        except ImportError as error:
            raise MissingExtra("openvino", "openvino") from error
        self._ov, self._core, self._file, self._read = ov, ov.Core(), file, read
        self._hint = settings[0]
        self._model: Any = None
        self._blob: Blob | None = None
        self._cache = model_cache()
        try:
            self._key = key_of([file, *map(Path, code)], settings, *_machine(ov, self._core))
        except OSError:  # a file that is not there is told where it is read
            self._cache = None
        if self._cache is not None:
            self._blob = self._cache.get(self._key)

    @property
    def is_kept(self) -> bool:
        """Whether it was compiled before, so that it can be once more."""
        return self._blob is not None

    def compile(self, **settings: Any) -> Any:
        """Compile it, for so many streams and threads; raises RuntimeError where OpenVINO can't."""
        settings["INFERENCE_PRECISION_HINT"] = self._hint
        if self._blob is not None:
            try:
                return self._core.import_model(
                    self._ov.Tensor(self._blob, shared_memory=True), "CPU", settings
                )
            except Exception:  # noqa: BLE001 - whatever it can't read is compiled, as if nothing were kept
                self._blob = self._cache = None
        if self._model is None:
            self._model = self._read(self._core)
        compiled = self._core.compile_model(self._model, "CPU", settings)
        cache, self._cache = self._cache, None
        if cache is not None and not external_data(self._file):  # whose bytes are not in the key
            threading.Thread(target=_keep, args=(cache, self._key, compiled), name="tritonqa-keep").start()
        return compiled


def _machine(ov: Any, core: Any) -> tuple[object, ...]:
    """Name what else a compiled model depends on."""
    names = ("FULL_DEVICE_NAME", "OPTIMIZATION_CAPABILITIES")
    device = [str(core.get_property("CPU", name)) for name in names]
    return __version__, ov.get_version(), device, sorted(cpu.flags())


def _keep(cache: ModelCache, key: str, compiled: Any) -> None:
    with suppress(RuntimeError):  # what can't be exported
        blob = compiled.export_model()
        cache.put(key, memoryview(blob) if isinstance(blob, bytes) else blob.getbuffer())


def infer(request: Any, inputs: Mapping[str, np.ndarray], **how: bool) -> None:
    """Run a request; the binding makes its tables at a process's first, where two at once would deadlock."""
    if not _TABLES.is_set():
        with _FIRST:
            request.infer(inputs, **how)
            _TABLES.set()
    else:
        request.infer(inputs, **how)
