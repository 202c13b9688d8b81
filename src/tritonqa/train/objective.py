"""Logits and right spans → the loss."""

from __future__ import annotations

from typing import Any

from torch.nn.functional import cross_entropy


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
