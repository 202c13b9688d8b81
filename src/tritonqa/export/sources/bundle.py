"""A bundle as a source: its own fp32 ONNX, verified when it was exported, is the reference."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tritonqa.bundle import Bundle
from tritonqa.engine import Engine, choices, open_engine
from tritonqa.engine.choose import INSTALL
from tritonqa.errors import EngineError, ExportError
from tritonqa.export.checkpoint import Checkpoint
from tritonqa.export.model import Model
from tritonqa.export.options import ExportOptions
from tritonqa.export.sources.base import Source
from tritonqa.progress import Report


class BundleSource(Source):
    """Make further ONNX formats of a bundle that holds no checkpoint."""

    def __init__(self, bundle: Bundle, options: ExportOptions, report: Report) -> None:
        """Raise ExportError for a bundle without ONNX in fp32."""
        super().__init__(options, report)
        self._bundle = bundle
        self.tokenizer, self.windowing = bundle.tokenizer(), bundle.manifest.windowing
        self.inputs, self.positions = bundle.manifest.inputs, bundle.manifest.positions
        found = [f for f in bundle.manifest.formats if (f.kind, f.precision) == ("onnx", "fp32")]
        if not found:
            raise self._refusal("no ONNX in fp32 and no checkpoint")
        self._onnx = bundle.path(found[0].file)

    @property
    def checkpoint(self) -> Checkpoint:
        """Raise ExportError: there is none."""
        raise self._refusal("no checkpoint")

    @property
    def model(self) -> Model:
        """Raise ExportError: there is none."""
        raise self._refusal("no checkpoint")

    @property
    def graph(self) -> Any:
        """Raise ExportError: there is none."""
        raise self._refusal("no checkpoint")

    def reference(self) -> Engine:
        """Open the fp32 ONNX with the first engine that is installed."""
        found = [c for c in choices([(self._onnx, "onnx", "fp32")]) if c.precision == "fp32"]
        if not found:
            raise EngineError(f"no engine for ONNX here; {INSTALL}")
        return open_engine(found[0])

    def onnx(self, stage: Path) -> Path:
        """Return the bundle's own file."""
        return self._onnx

    def _refusal(self, what: str) -> ExportError:
        return ExportError(
            f"{self._bundle.folder} holds {what} to make this from; export the checkpoint again"
        )
