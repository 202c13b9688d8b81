"""Exported program → ONNX file, fp32."""

from __future__ import annotations

import logging
import warnings
from pathlib import Path
from typing import Any

import torch

from tritonqa.engine.answer_types import ANSWER_TYPE_OUTPUT, ANSWER_TYPES
from tritonqa.export.model import Model

OPSET = 18


def write_onnx(graph: Any, model: Model, file: Path, one_file: int) -> None:
    """Write an ONNX file; weights of more than one_file bytes go to a second file beside it.

    One file holds at most 2 GB (protobuf's limit).
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    logging.getLogger("torch.onnx._internal.exporter._registration").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            graph, (), None, input_names=list(model.inputs), output_names=list(model.module.outputs),
            opset_version=OPSET, dynamo=True, verbose=False,
        )  # fmt: skip
    _name_axes(program.model.graph)
    _forget_sources(program.model.graph)
    weights = sum(value.nbytes for value in graph.state_dict.values())
    program.save(file, external_data=weights > one_file)
    for value in program.model.graph.initializers.values():
        value.const_value = None  # onnxscript's rewriting rules hold on to the graph


def _name_axes(graph: Any) -> None:
    for value in (*graph.inputs, *graph.outputs):
        last = len(ANSWER_TYPES) if value.name == ANSWER_TYPE_OUTPUT else "length"
        value.shape = type(value.shape)(("batch", last))


def _forget_sources(graph: Any) -> None:
    """Drop the stack traces that torch keeps with each node: they name the folders of this machine."""
    for node in graph:
        node.metadata_props.clear()
