"""A head of its own for the null, where the shared one judges [CLS] as any other token."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import torch


class NullHead(torch.nn.Module):  # type: ignore[misc]
    """Logits of all tokens by one head, those of the first by another that begins as its copy."""

    def __init__(self, spans: torch.nn.Linear) -> None:
        """Take the head that there was."""
        super().__init__()
        self.spans, self.null = spans, deepcopy(spans)

    def forward(self, hidden: Any) -> Any:
        """Return start and end logits, [b, length, 2], of hidden states [b, length, width]."""
        return torch.cat((self.null(hidden[:, :1]), self.spans(hidden[:, 1:])), 1)


def with_null_head(model: Any) -> None:
    """Give a model for question answering such a head, in place."""
    model.qa_outputs = NullHead(model.qa_outputs)
