"""ONNX fp32 → ONNX with fp16-stored weights: half the size, computed in fp32."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from tritonqa.errors import ExportError
from tritonqa.export.formats.onnx_file import load_graph, save_graph

_SMALL = 1024  # values; what is smaller stays fp32


def store_fp16(source: Path, file: Path, one_file: int) -> None:
    """Store large weights in fp16, cast where they are used; raises ExportError where they overflow."""
    model = load_graph(source)
    casts = []
    for tensor in model.graph.initializer:
        if tensor.data_type != TensorProto.FLOAT or np.prod(tensor.dims) < _SMALL:
            continue
        with np.errstate(over="ignore"):
            half = numpy_helper.to_array(tensor).astype(np.float16)
        if not np.isfinite(half).all():
            raise ExportError(f"onnx-fp16 is refused: weight {tensor.name} holds values beyond fp16's range")
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(half, f"{name}.fp16"))
        casts.append(helper.make_node("Cast", [f"{name}.fp16"], [name], to=TensorProto.FLOAT))
    nodes = list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend([*casts, *nodes])
    save_graph(model, file, one_file)
