"""The part of a passage that fits the model with the question."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tritonqa.arrays import IntArray
from tritonqa.features.template import Template
from tritonqa.features.tokenize import Tokens


@dataclass(frozen=True, slots=True)
class Window:
    """Passage tokens start to stop behind a question: a slice, put together only when it is run."""

    template: Template
    question: IntArray
    tokens: Tokens
    passage: int
    start: int
    stop: int

    def __len__(self) -> int:
        """Count all tokens of the window, special ones too."""
        return self.template.special + len(self.question) + self.stop - self.start

    def alone(self) -> Window:
        """Return it without the passage's other tokens, for one that is kept long."""
        all_of, own = self.tokens, slice(self.start, self.stop)
        parts = (all_of.ids, all_of.starts, all_of.ends, all_of.words)
        tokens = Tokens(*(part[own].copy() for part in parts))
        return replace(self, tokens=tokens, start=0, stop=self.stop - self.start)

    @property
    def first(self) -> int:
        """Say where in the window the passage begins."""
        return len(self.template.prefix) + len(self.question) + len(self.template.middle)

    @property
    def ids(self) -> IntArray:
        """Put the token ids together: [length]."""
        passage = self.tokens.ids[self.start : self.stop]
        template = self.template
        return np.concatenate((template.prefix, self.question, template.middle, passage, template.suffix))

    @property
    def type_ids(self) -> IntArray:
        """Put the token types together: [length]."""
        template = self.template
        passage = self.stop - self.start
        parts = (
            len(template.prefix),
            len(self.question),
            len(template.middle),
            passage,
            len(template.suffix),
        )
        return np.repeat(np.array(template.types, np.int32), parts)
