"""PyTorch through transformers: the reference that every other engine is held to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tritonqa.arrays import FloatArray
from tritonqa.engine.answer_types import stack_logits
from tritonqa.engine.base import Engine, Grouping
from tritonqa.engine.silence import silence_transformers
from tritonqa.errors import EngineError, MissingExtra
from tritonqa.features import Window


class TorchEngine(Engine):
    """Run a safetensors checkpoint without padding.

    On a CPU in fp32, window by window. On CUDA in bf16, many windows laid end to end where the architecture
    allows it (packed.py), by a budget of tokens.
    """

    name = "torch"

    def __init__(
        self, folder: Path, precision: str, cores: int, *, packed: bool | None = None, cuda: bool = True
    ) -> None:
        """Load config.json and model.safetensors; packed: on CUDA unless told; cuda: where there is one.

        Raises EngineError, MissingExtra.
        """
        try:
            import torch
            from transformers import AutoConfig, AutoModelForQuestionAnswering

            from tritonqa.engine.backends import answer_type_head
            from tritonqa.engine.backends import packed as packing
        except ImportError as error:
            raise MissingExtra("torch and transformers", "torch") from error
        cuda = cuda and torch.cuda.is_available()
        self._torch, self._packing, self._device = torch, packing, "cuda" if cuda else "cpu"
        self._head = answer_type_head
        self.precision = "bf16" if cuda else "fp32"
        try:
            config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
            wanted = cuda if packed is None else packed
            self._first_position = packing.first_position(config) if wanted else None
            known: dict[str, Any] = {}
            if self._first_position is not None:
                known["attn_implementation"] = packing.ATTENTION
            with silence_transformers():
                model = AutoModelForQuestionAnswering.from_pretrained(
                    folder, use_safetensors=True, local_files_only=True, trust_remote_code=False, **known
                )
            answer_type_head.load_head(model, folder)
        except (OSError, ValueError, RuntimeError) as error:
            raise EngineError(f"torch can't load {folder.name}: {error}") from error
        self._model = model.to(self._device, torch.bfloat16 if cuda else torch.float32).eval()
        self._typed = (getattr(config, "type_vocab_size", 0) or 0) > 1
        if not cuda and cores < torch.get_num_threads():
            torch.set_num_threads(cores)  # of the whole process
        if self._first_position is not None:
            self.streams, self.grouping = (2 if cuda else 1), Grouping(max_windows=128, max_tokens=16_384)

    def run(self, windows: Sequence[Window], *, alone: bool = False) -> list[FloatArray]:
        """Run the windows in one call where they are packed, else one after the other."""
        if self._first_position is None:
            return [self._infer(window) for window in windows]
        inputs = self._packing.pack(windows, self._first_position, self._device)
        return self._logits(inputs, [len(window) for window in windows])

    def close(self) -> None:
        """Let go of the model."""
        del self._model

    def _infer(self, window: Window) -> FloatArray:
        rows = {"input_ids": window.ids, "token_type_ids": window.type_ids}
        inputs: dict[str, Any] = {
            name: self._torch.from_numpy(row.astype(np.int64))[None].to(self._device)
            for name, row in rows.items()
        }
        inputs["attention_mask"] = self._torch.ones_like(inputs["input_ids"])
        return self._logits(inputs, [len(window)])[0]

    def _logits(self, inputs: dict[str, Any], lengths: Sequence[int]) -> list[FloatArray]:
        """Run windows of these lengths that lie end to end, and cut their logits apart."""
        if not self._typed:
            inputs.pop("token_type_ids")
        with self._torch.inference_mode():
            outputs = self._head.run(self._model, **inputs)
            start, end, *types = (output.float().cpu().numpy() for output in outputs)
        stops = np.cumsum(lengths)[:-1]
        rows = zip(np.split(start[0], stops), np.split(end[0], stops), strict=True)
        return [stack_logits(*row, types[0][i] if types else None) for i, row in enumerate(rows)]
