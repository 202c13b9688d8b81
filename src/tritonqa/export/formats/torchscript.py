"""Model → TorchScript, traced or scripted. Deprecated in torch: kept for servers that still load it."""

from __future__ import annotations

import operator
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch.fx.graph import CodeGen

from tritonqa.engine.silence import silence_transformers
from tritonqa.errors import ExportError, first_line
from tritonqa.export.formats.graph import sample
from tritonqa.export.model import Model


def write_traced(model: Model, file: Path) -> None:
    """Trace the module and save it; verification runs it at other lengths than it was traced at."""
    with _deprecated(), torch.no_grad():
        torch.jit.trace(
            model.module, example_kwarg_inputs=sample(model), check_trace=False, strict=False
        ).save(str(file))


def write_scripted(graph: Any, file: Path) -> None:
    """Script the exported graph, whose code is plain tensor operations, unlike the model's own Python.

    Raises ExportError for an operation that TorchScript does not have.
    """
    module = graph.module()
    for node in list(module.graph.nodes):
        if node.op == "call_module":
            module.graph.erase_node(node)
        elif node.op == "call_function":
            node.target = _SCRIPTED.get(node.target, getattr(node.target, "overloadpacket", node.target))
    module.graph.set_codegen(CodeGen())
    with _deprecated():
        try:
            torch.jit.script(torch.fx.GraphModule(module, module.graph)).save(str(file))
        except RuntimeError as error:
            raise ExportError(
                f"torchscript-script is refused: TorchScript can't say it: {first_line(error)}"
            ) from error


_SCRIPTED = {
    torch.ops.aten.sym_size.int: torch.ops.aten.size,
    operator.neg: torch.ops.aten.neg,
}


@contextmanager
def _deprecated() -> Iterator[None]:
    """Let torch deprecate TorchScript in the docs, not at every export."""
    with silence_transformers(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
