"""Checkpoint → what learning from pages starts from: a reader with an answer-type head."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

from torch.nn.functional import cross_entropy

from tritonqa.datasets import Example
from tritonqa.engine.answer_types import ANSWER_TYPES
from tritonqa.engine.backends.answer_type_head import add_head, has_head, run
from tritonqa.errors import InputError
from tritonqa.natural_questions.lessons import PageLessons
from tritonqa.train.objective import Target, span_loss
from tritonqa.train.options import Recipe
from tritonqa.train.start import Start

_YES, _NO = ANSWER_TYPES.index("yes"), ANSWER_TYPES.index("no")


class PageStart(Start):
    """A model that learns spans and answer types from windows of pages."""

    @classmethod
    def open(cls, folder: Path, *, new_head: bool = False) -> Self:
        """Load a checkpoint, and give it an answer-type head where it has none; raises as Start.open.

        Raises InputError also for an architecture whose spans are not one linear layer.
        """
        start = super().open(folder, new_head=new_head)
        if not hasattr(start.model, "qa_outputs"):
            kind = type(start.model).__name__
            raise InputError(f"{folder}: {kind} can't have an answer-type head; take a BERT or RoBERTa alike")
        if not has_head(start.model):
            add_head(start.model)
        return start

    def lessons(self, examples: Sequence[Example], recipe: Recipe) -> PageLessons:
        """Say how page examples become windows of this model."""
        plain = super().lessons(examples, recipe)
        parts = plain.tokenizer, plain.template, plain.windowing, plain.augmentation, plain.cropping
        return PageLessons(plain.examples, *parts, plain.seed)


def page_loss(model: Any, average: Any, inputs: dict[str, Any], target: Target) -> Any:
    """Return the mean cross-entropy of spans, where they are marked, and of answer types."""
    start, end, types = run(model, **inputs)
    loss = cross_entropy(types.float(), target.answer_type)
    marked = target.first >= 0
    if marked.any():
        parts = (start, end, target.mask, target.first, target.last)
        loss = loss + span_loss(*(part[marked] for part in parts))
    return loss


def yes_no_loss(model: Any, average: Any, inputs: dict[str, Any], target: Target) -> Any:
    """Return the mean cross-entropy of yes against no, for windows that are answered by one of them."""
    types = run(model, **inputs)[2].float()
    return cross_entropy(types[:, _YES : _NO + 1], target.answer_type - _YES)
