"""Model and a batch → the loss."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from torch.nn.functional import cross_entropy


@dataclass(frozen=True, slots=True)
class Target:
    """The right first and last token of b windows, [b] each, and the mask [b, l] of what is not padding.

    answer_type [b] is the place of the right kind of answer among ANSWER_TYPES; below 0 where it is unknown.
    """

    first: Any
    last: Any
    mask: Any
    answer_type: Any = None


Objective: TypeAlias = Callable[[Any, Any, dict[str, Any], Target], Any]
"""The model that learns, its average so far, the inputs of both, and what is right → a scalar loss."""


def likelihood(model: Any, average: Any, inputs: dict[str, Any], target: Target) -> Any:
    """Return the mean cross-entropy of what the model gives for the right spans."""
    out = model(**inputs)
    return span_loss(out.start_logits, out.end_logits, target.mask, target.first, target.last)


def span_loss(start: Any, end: Any, mask: Any, first: Any, last: Any) -> Any:
    """Return the mean cross-entropy of first and last tokens among all of the window, the null among them.

    start, end and mask are [b, l], first and last [b]; padding takes no part (Devlin et al. 2019, 4.2).
    """
    hidden = mask == 0
    losses = (
        cross_entropy(logits.float().masked_fill(hidden, float("-inf")), right)
        for logits, right in ((start, first), (end, last))
    )
    return sum(losses) / 2
