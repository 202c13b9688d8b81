"""A data package's ONNX file → vectors, by OpenVINO or else onnxruntime."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from unicodedata import name as name_of

import numpy as np
from tokenizers import Tokenizer

from tritonqa.arrays import FloatArray
from tritonqa.digests import sha256
from tritonqa.engine import cpu
from tritonqa.engine.base import rounded
from tritonqa.engine.telemetry import without_telemetry
from tritonqa.errors import BundleError, MissingExtra
from tritonqa.library.encoder.base import Encoder

_TOKENS = 4_096  # of one call: what keeps its memory small
_ROUND_TO = 16  # tokens: engines compile for each length, a few milliseconds

Run = Callable[[dict[str, np.ndarray]], FloatArray]


class PackagedEncoder(Encoder):
    """An encoder in a folder: encoder.json, tokenizer.json and the file that encoder.json names."""

    def __init__(self, folder: Path) -> None:
        """Open it; raises BundleError for a folder that is damaged, MissingExtra without an engine."""
        try:
            record = json.loads((folder / "encoder.json").read_text(encoding="utf-8"))
            file = folder / record["file"]
            if sha256(file) != record["sha256"]:
                raise BundleError(f"{file} is damaged; install the encoder again")
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        except BundleError:
            raise
        except Exception as error:  # tokenizers raises bare Exception
            raise BundleError(f"{folder} is no encoder ({error}); install it again") from error
        self.name = f"{record['name']} {record['version']}"
        self.width = record["width"]
        self._scripts = tuple(record["scripts"])
        self._length = record["max_length"]
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(self._length)
        self._lock = threading.Lock()
        with without_telemetry():
            self._run = _opened(file)

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """Return vectors [n, width]; of a text longer than the model takes, its beginning counts."""
        found = np.zeros((len(texts), self.width), np.float32)
        ids = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        order = sorted(range(len(ids)), key=lambda i: -len(ids[i]))
        step = _ROUND_TO if len(ids) > 1 else 1  # a question alone is not padded
        while order:
            width = rounded(len(ids[order[0]]), step)
            some, order = order[: max(_TOKENS // width, 1)], order[max(_TOKENS // width, 1) :]
            with self._lock:
                found[some] = self._run(_padded([ids[i] for i in some], width))
        return found

    def reads(self, text: str) -> bool:
        """Tell whether most letters of a text are of a script that the model knows."""
        letters = [letter for letter in text if letter.isalpha()]
        known = sum(name_of(letter, "").startswith(self._scripts) for letter in letters)
        return 2 * known >= len(letters)


def _padded(ids: Sequence[Sequence[int]], width: int) -> dict[str, np.ndarray]:
    inputs = {name: np.zeros((len(ids), width), np.int64) for name in ("input_ids", "attention_mask")}
    for row, some in enumerate(ids):
        inputs["input_ids"][row, : len(some)] = some
        inputs["attention_mask"][row, : len(some)] = 1
    return inputs


def _opened(file: Path) -> Run:
    if find_spec("openvino"):
        return _OpenVino(file)
    if find_spec("onnxruntime"):
        return _onnxruntime(file)
    raise MissingExtra("onnxruntime", "onnxruntime")


class _OpenVino:
    """A request, and what it stands on; products are of bf16 where the CPU has them (decision 167)."""

    def __init__(self, file: Path) -> None:
        from tritonqa.engine.backends.openvino_model import OpenVinoModel, infer

        self._infer = infer
        hint = "bf16" if cpu.flags() & cpu.BF16 else "f32"
        self._model = OpenVinoModel(file, partial(_unfolded, file), [__file__], hint)
        compiled = self._model.compile(PERFORMANCE_HINT="LATENCY", NUM_STREAMS=1)
        self._request = compiled.create_infer_request()

    def __call__(self, inputs: dict[str, np.ndarray]) -> FloatArray:
        self._infer(self._request, inputs, share_inputs=True)
        return np.array(self._request.get_output_tensor(0).data, np.float32)


def _unfolded(file: Path, core: Any) -> Any:
    """Read the model with its weights unfolded, which it would do again in each product."""
    from openvino.passes import ConstantFolding, Manager

    model, passes = core.read_model(file), Manager()
    passes.register_pass(ConstantFolding())
    passes.run_passes(model)
    return model


def _onnxruntime(file: Path) -> Run:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.add_session_config_entry("session.disable_quant_qdq", "1")
    session: Any = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    return lambda inputs: np.asarray(session.run(None, inputs)[0], np.float32)
