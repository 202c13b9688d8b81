"""A linear layer over the first token of a question answering model: which type its answer has.

A checkpoint holds it as the tensors answer_type.weight [5, hidden] and answer_type.bias [5]; whoever does not
know them reads the rest as an ordinary reader.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open

from tritonqa.engine.answer_types import ANSWER_TYPES

HEAD = "answer_type"


def add_head(model: Any) -> None:
    """Give a model a new head, which finds all types alike; needs one linear layer for spans, qa_outputs."""
    hidden = model.qa_outputs.in_features
    head = torch.nn.Linear(hidden, len(ANSWER_TYPES))
    torch.nn.init.zeros_(head.weight)
    torch.nn.init.zeros_(head.bias)
    setattr(model, HEAD, head.to(model.device))


def load_head(model: Any, folder: Path) -> None:
    """Give a model the head that its checkpoint holds, if it does."""
    file = folder / "model.safetensors"
    if not file.is_file():
        return
    with safe_open(str(file), "pt") as tensors:
        if f"{HEAD}.weight" not in tensors.keys():
            return
        add_head(model)
        known = {name: tensors.get_tensor(f"{HEAD}.{name}") for name in ("weight", "bias")}
    getattr(model, HEAD).load_state_dict(known)


def has_head(model: Any) -> bool:
    """Say whether a model has an answer-type head."""
    return hasattr(model, HEAD)


def run(model: Any, **inputs: Any) -> tuple[Any, ...]:
    """Return start and end logits [batch, length], and the answer types' [batch, 5] where there is a head.

    Of windows laid end to end, as packed.py lays them, there are as many rows of types.
    """
    if not has_head(model):
        out = model(**inputs)
        return out.start_logits, out.end_logits
    hidden = model.base_model(**inputs)[0]  # [batch, length, hidden]
    start, end = model.qa_outputs(hidden).unbind(-1)
    bounds = inputs.get("cu_seq_lens_q")
    first = hidden[:, 0] if bounds is None else hidden[0, bounds[:-1].long()]
    return start, end, getattr(model, HEAD)(first)
