"""A checkpoint as a source: torch is the reference."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

from tritonqa.bundle import Bundle
from tritonqa.engine import Engine
from tritonqa.engine.answer_types import ANSWER_TYPE_OUTPUT
from tritonqa.engine.base import ROUND_TO, require_length
from tritonqa.errors import ExportError
from tritonqa.export.checkpoint import Checkpoint
from tritonqa.export.formats.graph import export_graph
from tritonqa.export.formats.onnx import write_onnx
from tritonqa.export.model import Model, load_model
from tritonqa.export.options import FORMATS, ExportOptions
from tritonqa.export.sources.base import Source
from tritonqa.export.tokenizer import bundled_tokenizer, check_windows, load_tokenizer
from tritonqa.export.torch_engine import ProgramEngine
from tritonqa.export.trim_memory import trim_memory
from tritonqa.features import Windowing
from tritonqa.progress import Report


class CheckpointSource(Source):
    """Load model and tokenizer once, checked against each other."""

    def __init__(
        self, checkpoint: Checkpoint, options: ExportOptions, report: Report, bundle: Bundle | None = None
    ) -> None:
        """Take tokenizer and windows from a bundle, if given; raise ExportError for what does not fit."""
        super().__init__(options, report)
        self._checkpoint = checkpoint
        self.positions = self._loaded.positions
        self.answer_types = ANSWER_TYPE_OUTPUT in self._loaded.module.outputs
        if bundle is not None:
            self.tokenizer, self.windowing = bundle.tokenizer(), bundle.manifest.windowing
            self.inputs = self.model.inputs
            return
        fast = load_tokenizer(checkpoint)
        self.tokenizer = bundled_tokenizer(fast, self._loaded.vocabulary)
        self.windowing = fitting(self.positions, options.max_length)
        self.inputs = self.model.inputs
        check_windows(fast, self.quick.prepared, self.windowing, "token_type_ids" in self.inputs)

    @property
    def model(self) -> Model:
        """The loaded module, with the inputs that the tokenizer gives."""
        return self._loaded.fed_by(self.tokenizer)

    @cached_property
    def _loaded(self) -> Model:
        return load_model(self._checkpoint)

    @cached_property
    def graph(self) -> Any:
        """The module's graph, exported once."""
        return export_graph(self.model, self.windowing.max_length)

    def reference(self) -> Engine:
        """Open torch on the module itself."""
        return ProgramEngine(self.model.module, self.inputs)

    def onnx(self, stage: Path) -> Path:
        """Write the fp32 ONNX once."""
        file = stage / FORMATS["onnx"].file
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            write_onnx(self.graph, self.model, file, self.options.one_file)
        return file

    def release_model(self) -> None:
        """Free the model and its graph; they would be loaded again if anything asked for them."""
        self.model.let_go()
        for name in ("_loaded", "graph"):
            self.__dict__.pop(name, None)
        trim_memory()


def fitting(positions: int | None, wanted: int | None) -> Windowing:
    """Size windows: what is wanted, or the default where the model takes it."""
    default = Windowing()
    if positions is None and wanted is None:
        raise ExportError(
            "config.json has no max_position_embeddings; say how long windows may be: max_length"
        )
    if wanted is not None:
        require_length(wanted, positions, "max_length")
    length = wanted
    if length is None:
        length = min((positions or default.max_length) // ROUND_TO * ROUND_TO, default.max_length)
    if length >= default.max_length:
        return Windowing(max_length=length)
    return Windowing(length, stride=length // 3, max_question=max(1, length // 6))
