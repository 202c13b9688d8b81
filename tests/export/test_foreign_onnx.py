"""An ONNX file that is not a reader's, though the bundle's record vouches for it."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import onnx
import pytest

from tests.support.engines import ENGINES
from tritonqa import Reader
from tritonqa.errors import BundleError, EngineError
from tritonqa.export import ExportOptions, export

FILE = "onnx/model.onnx"


def rename(data: bytes) -> bytes:
    """Let the model take words instead of input_ids."""
    model = onnx.load_from_string(data)
    model.graph.input[0].name = "words"
    for node in model.graph.node:
        for i, name in enumerate(node.input):
            node.input[i] = "words" if name == "input_ids" else name
    return bytes(model.SerializeToString())


def swap(data: bytes) -> bytes:
    """Give the logits of ends first."""
    model = onnx.load_from_string(data)
    start, end = (onnx.ValueInfoProto.FromString(port.SerializeToString()) for port in model.graph.output)
    del model.graph.output[:]
    model.graph.output.extend((end, start))
    return bytes(model.SerializeToString())


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (rename, "onnx takes words, attention_mask, token_type_ids and gives"),
        (swap, "gives end_logits, start_logits, where a reader"),
        (lambda data: data[: len(data) // 2], "model.onnx is no ONNX file"),
        (lambda data: b"no graph", "model.onnx is no ONNX file"),
    ],
    ids=["other inputs", "outputs swapped", "truncated", "no graph"],
)
def test_refused_by_every_engine_and_as_a_source(
    damage: Callable[[bytes], bytes], message: str, plain: Path, asks: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(plain, tmp_path / "bundle"))
    data = damage((folder / FILE).read_bytes())
    (folder / FILE).write_bytes(data)
    record = json.loads((folder / "bundle.json").read_text())
    record["formats"][0] |= {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    (folder / "bundle.json").write_text(json.dumps(record))
    for engine in ENGINES:
        with pytest.raises((BundleError, EngineError), match=message) as caught:
            Reader.load(str(folder), engine=engine)
        assert "\n" not in str(caught.value)
    with pytest.raises((BundleError, EngineError), match=message):
        export(folder, folder, ExportOptions(("onnx-fp16",), asks=asks))
    assert json.loads((folder / "bundle.json").read_text()) == record
    assert [path.name for path in tmp_path.iterdir()] == ["bundle"]
