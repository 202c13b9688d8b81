"""Triton as it was first used for reading: tokens from the client, logits back, answers made in the client.

The graph is what convert_graph_to_onnx made; it runs in onnxruntime on Triton's python backend, since the
server that comes through pip has no other. Triton batches dynamically; a batch holds equal shapes alone.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
import tritonclient.grpc as client
from transformers import AutoTokenizer

from peers.serving import AT_ONCE
from tritonqa.triton.runtime.install import install
from tritonqa.triton.server.options import Serving
from tritonqa.triton.server.server import Server

__all__ = ["AT_ONCE", "load", "prepare"]
_LENGTH = 384
_INPUTS = ("input_ids", "token_type_ids", "attention_mask")
_CONFIG = """\
name: "qa"
backend: "python"
max_batch_size: 16
input [ %s ]
output [ %s ]
dynamic_batching { }
"""


def prepare(checkpoint: Path, folder: Path) -> None:
    """Convert the graph and lay out the repository."""
    import torch
    from transformers.convert_graph_to_onnx import convert

    version = folder / "repository" / "qa" / "1"
    shutil.rmtree(version, ignore_errors=True)
    version.mkdir(parents=True)
    file, place = version / "model.onnx", str(checkpoint)
    torch.onnx.export = partial(torch.onnx.export, dynamo=False)  # the exporter of that time
    convert("pt", place, file, 18, place, pipeline_name="question-answering")
    shutil.copy(Path(__file__).with_name("triton_logits_model.py"), version / "model.py")
    ports = [
        ", ".join(f'{{ name: "{name}" data_type: {kind} dims: [ -1 ] }}' for name in names)
        for names, kind in ((_INPUTS, "TYPE_INT64"), (("output_0", "output_1"), "TYPE_FP32"))
    ]
    (version.parent / "config.pbtxt").write_text(_CONFIG % tuple(ports), encoding="utf-8")


@contextmanager
def load(checkpoint: Path, folder: Path) -> Iterator[Callable[[str, str], str]]:
    """Start it."""
    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    ports = Serving(http_port=0, grpc_port=0, metrics_port=0)
    with Server.start(install(), folder / "repository", ports) as server:
        triton = client.InferenceServerClient(server.grpc.target)

        def answer(question: str, context: str) -> str:
            tokens = tokenizer.encode_plus(
                question, context, max_length=_LENGTH, truncation="only_second", return_tensors="np"
            )
            inputs = []
            for name in _INPUTS:
                inputs.append(client.InferInput(name, tokens[name].shape, "INT64"))
                inputs[-1].set_data_from_numpy(tokens[name].astype(np.int64))
            found = triton.infer("qa", inputs)
            start, end = (int(found.as_numpy(name)[0].argmax()) for name in ("output_0", "output_1"))
            ids = tokens["input_ids"][0][start : end + 1]
            text: str = tokenizer.convert_tokens_to_string(tokenizer.convert_ids_to_tokens(ids))
            return text

        yield answer
