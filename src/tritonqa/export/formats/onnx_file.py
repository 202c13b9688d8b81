"""ONNX graph ↔ file, its weights in a second file where they are too many for one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import onnx


def load_graph(file: Path) -> Any:
    """Read an ONNX file and its weights."""
    return onnx.load(str(file))


def save_graph(graph: Any, file: Path, one_file: int) -> None:
    """Write a graph; weights of more than one_file bytes go to FILE.data beside it."""
    size = sum(len(tensor.raw_data) for tensor in graph.graph.initializer)
    external = {"save_as_external_data": True, "location": f"{file.name}.data"} if size > one_file else {}
    onnx.save(graph, str(file), **external)


def weights_apart(source: Path, folder: Path) -> Any:
    """Read a graph without its weights, which it finds in a file in the folder."""
    copy = folder / source.name
    onnx.save(load_graph(source), str(copy), save_as_external_data=True, location="weights")
    return onnx.load(str(copy), load_external_data=False)
