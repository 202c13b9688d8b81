"""How a model wants a question and a passage put together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from tokenizers import Tokenizer

from tritonqa.arrays import IntArray
from tritonqa.errors import BundleError
from tritonqa.features.refusals import tokenizer_refusals


@dataclass(frozen=True, slots=True)
class Template:
    """The special tokens around a pair, and the token type of each part.

    A window is prefix, question, middle, passage, suffix.
    """

    prefix: IntArray
    middle: IntArray
    suffix: IntArray
    types: tuple[int, int, int, int, int]

    @property
    def special(self) -> int:
        """Count the special tokens of a window."""
        return len(self.prefix) + len(self.middle) + len(self.suffix)

    @classmethod
    def of(cls, tokenizer: Tokenizer) -> Template:
        """Read the template off the tokenizer's own post-processor, its padding switched off.

        Raises BundleError when the question does not come before the passage, or there is no tokenising.
        """
        tokenizer.no_truncation()
        tokenizer.no_padding()
        with tokenizer_refusals():
            pair = tokenizer.encode("a", "a")
        sequence = pair.sequence_ids
        if 0 not in sequence or 1 not in sequence:
            raise BundleError("tokenizer.json has no template for a pair of texts")
        question = [i for i, part in enumerate(sequence) if part == 0]
        passage = [i for i, part in enumerate(sequence) if part == 1]
        ids, kinds = np.array(pair.ids, np.int32), pair.type_ids
        parts = (
            slice(0, question[0]),
            slice(question[0], question[-1] + 1),
            slice(question[-1] + 1, passage[0]),
            slice(passage[0], passage[-1] + 1),
            slice(passage[-1] + 1, len(ids)),
        )
        types = [kinds[part][0] if kinds[part] else 0 for part in parts]
        if question[-1] > passage[0] or not len(ids[parts[0]]):
            raise BundleError("tokenizer.json must put a special token first, then question, then passage")
        return cls(
            ids[parts[0]], ids[parts[2]], ids[parts[4]], (types[0], types[1], types[2], types[3], types[4])
        )
