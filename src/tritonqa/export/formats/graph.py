"""Module → exported program: the one graph that ONNX, .pt2 and scripted TorchScript are made from."""

from __future__ import annotations

from typing import Any

import torch

from tritonqa.errors import ExportError, first_line
from tritonqa.export.model import Model

BATCH, LENGTH = 2, 32


def sample(model: Model) -> dict[str, Any]:
    """Return inputs [batch, length] to trace with: two windows of ones."""
    return {name: torch.ones(BATCH, LENGTH, dtype=torch.int64) for name in model.inputs}


def export_graph(model: Model, max_length: int) -> Any:
    """Export with free batch and length; raises ExportError where torch can't."""
    # Shorter ones take other branches in some models (MobileBERT, BART); a window has five tokens at least.
    axes = {0: torch.export.Dim("batch", min=1), 1: torch.export.Dim("length", min=4, max=max_length)}
    try:
        with torch.no_grad():
            return torch.export.export(
                model.module, (), sample(model), dynamic_shapes={name: axes for name in model.inputs}
            )
    except Exception as error:  # torch.export raises what the model's own code raises
        raise ExportError(
            f"torch can't export {type(model.module.model).__name__} as a graph: {first_line(error)}"
        ) from error
