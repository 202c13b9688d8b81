"""Checkpoint → a torch module from token ids to start and end logits."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import torch
from tokenizers import Tokenizer
from transformers import AutoModelForQuestionAnswering

from tritonqa.engine.answer_types import ANSWER_TYPE_OUTPUT
from tritonqa.engine.backends.answer_type_head import has_head, load_head, run
from tritonqa.engine.base import OUTPUT_NAMES
from tritonqa.engine.silence import silence_transformers
from tritonqa.errors import ExportError, first_line
from tritonqa.export.checkpoint import Checkpoint
from tritonqa.features import Template

_UNUSED = ("pooler", "position_ids", "token_type_ids", "word_embeddings._weight")  # the last: mDeBERTa-v3


class Logits(torch.nn.Module):  # type: ignore[misc]
    """A model that gives start and end logits [batch, length], and answer types [batch, 5] if it has any."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: Any, attention_mask: Any, token_type_ids: Any = None) -> Any:
        """Run the model; token types are given to the models that know them."""
        types = {} if token_type_ids is None else {"token_type_ids": token_type_ids}
        return run(self.model, input_ids=input_ids, attention_mask=attention_mask, **types)

    @property
    def outputs(self) -> tuple[str, ...]:
        """Name the outputs."""
        return (*OUTPUT_NAMES, ANSWER_TYPE_OUTPUT) if has_head(self.model) else OUTPUT_NAMES


@dataclass(frozen=True, slots=True)
class Model:
    """The module, the names of its inputs, and the longest input it takes in tokens, if it says so."""

    module: Logits
    inputs: tuple[str, ...]
    positions: int | None
    vocabulary: int

    def fed_by(self, tokenizer: Tokenizer) -> Model:
        """Return the model without token types where the tokenizer has one alone: it makes zeros itself."""
        if any(Template.of(tokenizer).types):
            return self
        return replace(self, inputs=tuple(name for name in self.inputs if name != "token_type_ids"))

    def let_go(self) -> None:
        """Empty the weights, to which onnxscript's rewriting rules hold on after an export."""
        for parameter in self.module.parameters():
            parameter.data = torch.empty(0)


def load_model(checkpoint: Checkpoint, attention: str = "eager", *, new_head: bool = False) -> Model:
    """Load the weights in fp32, with one of transformers' kinds of attention.

    Raises ExportError for an architecture without question answering, and for tensors that are missing, of
    another size, or too many; new_head allows a missing head, whose weights are then random.
    """
    try:
        with silence_transformers():
            model, info = AutoModelForQuestionAnswering.from_pretrained(
                checkpoint.folder,
                use_safetensors=True,
                local_files_only=True,
                trust_remote_code=False,
                attn_implementation=attention,
                dtype=torch.float32,
                ignore_mismatched_sizes=True,
                output_loading_info=True,
            )
    except Exception as error:  # transformers and safetensors raise what they like
        raise ExportError(f"transformers can't load the checkpoint: {first_line(error)}") from error
    _check_tensors(model, info, new_head)
    load_head(model, checkpoint.folder)
    model.eval().requires_grad_(False)
    config = model.config
    takes_types = "token_type_ids" in inspect.signature(model.forward).parameters
    typed = takes_types and (getattr(config, "type_vocab_size", 0) or 0) > 1
    names = ("input_ids", "attention_mask", "token_type_ids")
    return Model(Logits(model).eval(), names if typed else names[:2], _positions(model), config.vocab_size)


def _check_tensors(model: Any, info: dict[str, Any], new_head: bool) -> None:
    base = model.base_model_prefix + "."
    missing = sorted(info["missing_keys"])
    head = [name for name in missing if not name.startswith(base)]
    if head and not new_head:
        raise ExportError(
            f"the checkpoint has no question answering head ({_few(head)} missing): its answers would be "
            "random; train it for question answering first"
        )
    lacking = [name for name in missing if name.startswith(base)]
    if lacking:
        raise ExportError(f"the checkpoint lacks tensors that its config asks for: {_few(lacking)}")
    for name, stored, wanted in sorted(info["mismatched_keys"]):
        raise ExportError(
            f"tensor {name} has shape {list(stored)}, but config.json asks for {list(wanted)}; "
            "config and weights do not belong together"
        )
    extra = sorted(name for name in info["unexpected_keys"] if name.startswith(base))
    extra = [name for name in extra if not any(part in name for part in _UNUSED)]
    if extra:
        raise ExportError(f"the checkpoint has tensors that its config does not ask for: {_few(extra)}")


def _positions(model: Any) -> int | None:
    """Return the tokens a window may have; tables that keep rows for padding have fewer than they say."""
    limit = getattr(model.config, "max_position_embeddings", None)
    for name, table in model.named_modules():
        if name.endswith("position_embeddings") and isinstance(table, torch.nn.Embedding):
            kept = 0 if table.padding_idx is None else table.padding_idx + 1
            return int(table.num_embeddings) - kept
    return limit if isinstance(limit, int) and limit > 0 else None


def _few(names: Iterable[str]) -> str:
    first, *rest = names
    return f"{first} and {len(rest)} more" if rest else first
