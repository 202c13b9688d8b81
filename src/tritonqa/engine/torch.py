"""PyTorch through transformers: the reference that every other engine is held to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tritonqa.engine.base import Engine
from tritonqa.errors import EngineError, MissingExtra
from tritonqa.features import Window
from tritonqa.spans.band import FloatArray


class TorchEngine(Engine):
    """Run a safetensors checkpoint, window by window, without padding; bf16 on CUDA, fp32 elsewhere."""

    name = "torch"

    def __init__(self, folder: Path, precision: str, cores: int) -> None:
        """Load config.json and model.safetensors; raises EngineError, MissingExtra."""
        try:
            import torch
            from transformers import AutoModelForQuestionAnswering
        except ImportError as error:
            raise MissingExtra("torch and transformers", "torch") from error
        self._torch = torch
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        kind = torch.bfloat16 if self._device == "cuda" else torch.float32
        self.precision = "bf16" if self._device == "cuda" else "fp32"
        try:
            model = AutoModelForQuestionAnswering.from_pretrained(
                folder, use_safetensors=True, local_files_only=True, trust_remote_code=False
            )
        except (OSError, ValueError, RuntimeError) as error:
            raise EngineError(f"torch can't load {folder.name}: {error}") from error
        self._model = model.to(self._device, kind).eval()

    def run(self, windows: Sequence[Window], *, alone: bool = False) -> list[FloatArray]:
        """Run each window on the device, all cores."""
        return [self._infer(window) for window in windows]

    def close(self) -> None:
        """Let go of the model."""
        del self._model

    def _infer(self, window: Window) -> FloatArray:
        torch = self._torch
        with torch.inference_mode():
            ids = torch.from_numpy(window.ids.astype(np.int64))[None].to(self._device)
            types = torch.from_numpy(window.type_ids.astype(np.int64))[None].to(self._device)
            kinds = {"token_type_ids": types} if getattr(self._model.config, "type_vocab_size", 0) else {}
            out = self._model(input_ids=ids, attention_mask=torch.ones_like(ids), **kinds)
            both = torch.cat((out.start_logits, out.end_logits)).float().cpu().numpy()
        return np.asarray(both, np.float32)
