"""A bundle as a source: its own fp32 ONNX, verified when it was exported, is the reference."""

from __future__ import annotations

from pathlib import Path

from tritonqa.bundle import Bundle
from tritonqa.engine import Engine, choices, open_engine
from tritonqa.engine.choose import INSTALL
from tritonqa.errors import EngineError, ExportError
from tritonqa.export.formats.writers import FROM_ONNX
from tritonqa.export.options import ExportOptions
from tritonqa.export.sources.base import Source
from tritonqa.progress import Report


class BundleSource(Source):
    """Make of a bundle that holds no checkpoint what is made of its ONNX."""

    def __init__(self, bundle: Bundle, options: ExportOptions, report: Report) -> None:
        """Raise ExportError for a bundle without ONNX in fp32, and for formats that need the checkpoint."""
        super().__init__(options, report)
        for name in options.formats:
            if name not in FROM_ONNX:
                raise _refusal(bundle, f"no checkpoint to make {name} from")
        self.tokenizer, self.windowing = bundle.tokenizer(), bundle.manifest.windowing
        self.inputs, self.positions = bundle.manifest.inputs, bundle.manifest.positions
        found = [f for f in bundle.manifest.formats if (f.kind, f.precision) == ("onnx", "fp32")]
        if not found:
            raise _refusal(bundle, "no ONNX in fp32 and no checkpoint to make this from")
        self._onnx = bundle.path(found[0].file)

    def reference(self) -> Engine:
        """Open the fp32 ONNX with the first engine that is installed."""
        found = [c for c in choices([(self._onnx, "onnx", "fp32")]) if c.precision == "fp32"]
        if not found:
            raise EngineError(f"no engine for ONNX here; {INSTALL}")
        return open_engine(found[0])

    def onnx(self, stage: Path) -> Path:
        """Return the bundle's own file."""
        return self._onnx


def _refusal(bundle: Bundle, what: str) -> ExportError:
    return ExportError(f"{bundle.folder} holds {what}; export the checkpoint again")
