"""A checkpoint → its workshop: torch is the reference."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

from tritonqa.bundle import Bundle
from tritonqa.engine import Engine
from tritonqa.errors import ExportError, InputError
from tritonqa.export.checkpoint import Checkpoint
from tritonqa.export.graph import export_graph
from tritonqa.export.model import Model, load_model
from tritonqa.export.onnx import write_onnx
from tritonqa.export.options import FORMATS, ExportOptions, Report
from tritonqa.export.program import ProgramEngine
from tritonqa.export.tokenizer import check_windows, load_tokenizer, plain
from tritonqa.export.workshop import Workshop
from tritonqa.features import Windowing


class CheckpointShop(Workshop):
    """Load model and tokenizer once, checked against each other."""

    def __init__(
        self, checkpoint: Checkpoint, options: ExportOptions, report: Report, bundle: Bundle | None = None
    ) -> None:
        """Take tokenizer and windows from a bundle, if given; raise ExportError for what does not fit."""
        super().__init__(options, report)
        self._checkpoint, self._model = checkpoint, load_model(checkpoint)
        self.inputs = self._model.inputs
        if bundle is not None:
            self.tokenizer, self.windowing = bundle.tokenizer(), bundle.manifest.windowing
            return
        fast = load_tokenizer(checkpoint)
        self.tokenizer = plain(fast, self._model.vocabulary)
        self.windowing = _windowing(self._model.positions, options.max_length)
        check_windows(fast, self.quick.prepared, self.windowing, "token_type_ids" in self.inputs)

    @property
    def checkpoint(self) -> Checkpoint:
        """The checkpoint itself."""
        return self._checkpoint

    @property
    def model(self) -> Model:
        """The loaded module."""
        return self._model

    @cached_property
    def graph(self) -> Any:
        """The module's graph, exported once."""
        return export_graph(self._model, self.windowing.max_length)

    def reference(self) -> Engine:
        """Open torch on the module itself."""
        return ProgramEngine(self._model.module, self.inputs)

    def onnx(self, stage: Path) -> Path:
        """Write the fp32 ONNX once."""
        file = stage / FORMATS["onnx"].file
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            write_onnx(self.graph, self._model, file, self.options.one_file)
        return file


def _windowing(positions: int | None, wanted: int | None) -> Windowing:
    """Size windows: the model's limit, down to a multiple of 8 (engines pad to that), or what is wanted."""
    default = Windowing()
    if positions is None and wanted is None:
        raise ExportError(
            "config.json has no max_position_embeddings; say how long windows may be: max_length"
        )
    limit = positions // 8 * 8 if positions is not None else wanted
    if wanted is not None and limit is not None and wanted > limit:
        raise InputError(f"max_length {wanted} is more than the model takes: {limit}")
    length = wanted or min(limit or default.max_length, default.max_length)
    if length >= default.max_length:
        return Windowing(max_length=length)
    return Windowing(length, stride=length // 3, max_question=length // 6)
