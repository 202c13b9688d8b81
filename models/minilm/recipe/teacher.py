"""A larger reader whose logits the packaged one learns: all-mpnet-base-v2, 109 M parameters."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch

from tritonqa.errors import InputError
from tritonqa.train.start import Start

_SPECIAL = {"[CLS]": "<s>", "[SEP]": "</s>", "[PAD]": "<pad>", "[UNK]": "[UNK]"}


class Teacher:
    """Gives logits for a student's inputs, token by token.

    Both split texts into the same word pieces; the teacher numbers them otherwise, and stands two separators
    between question and passage where the student has one.
    """

    def __init__(self, folder: Path, student: Start) -> None:
        """Load a trained teacher, frozen; raises InputError where it lacks pieces of the student's."""
        start = Start.open(folder)
        self.model = start.model.to(student.model.device).eval().requires_grad_(False)
        own, theirs = student.tokenizer.get_vocab(), start.tokenizer.get_vocab()
        renamed = {token: _SPECIAL.get(token, token) for token in own}
        lacking = [token for token, name in renamed.items() if name not in theirs and _used(token)]
        if lacking:
            raise InputError(
                f"teacher {folder} lacks {len(lacking)} of the student's tokens, {lacking[0]!r} among them; "
                "give one with the same word pieces"
            )
        unknown = theirs[_SPECIAL["[UNK]"]]
        table = [unknown] * (max(own.values()) + 1)
        for token, number in own.items():
            table[number] = theirs.get(renamed[token], unknown)
        self.table = torch.tensor(table)
        self.separator = own["[SEP]"]

    def __call__(self, **inputs: Any) -> Any:
        """Return start_logits and end_logits [b, l] for the student's inputs [b, l]."""
        ids, mask = inputs["input_ids"], inputs["attention_mask"]
        first = (ids == self.separator).int().argmax(1, keepdim=True)  # [b, 1]
        longer = torch.arange(ids.shape[1] + 1, device=ids.device)[None]  # [1, l + 1]
        doubled = longer - (longer > first).int()  # the separator comes twice
        own = self.table.to(ids.device)[ids].gather(1, doubled)
        found = self.model(input_ids=own, attention_mask=mask.gather(1, doubled))
        places = longer[:, :-1] + (longer[:, :-1] > first).int()  # of the two the first counts
        return SimpleNamespace(
            start_logits=found.start_logits.gather(1, places), end_logits=found.end_logits.gather(1, places)
        )


def _used(token: str) -> bool:
    return not token.startswith("[unused") and token != "[MASK]"
