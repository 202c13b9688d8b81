"""Asks that wait together ↔ one call with several questions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tritonqa.errors import EngineError
from tritonqa.protocol.call import Call, Tensors
from tritonqa.protocol.contract import MAX_JOINED, PASSAGE_COUNTS, PASSAGES, QUESTION
from tritonqa.protocol.tensors import texts

_MAX_CHARACTERS = 10_000


class AskJoiner:
    """Join short asks with the same options; see Joiner."""

    def fits(self, calls: Sequence[Call], call: Call) -> bool:
        """Say whether an ask can join these."""
        return (
            len(calls) < MAX_JOINED
            and call.parameters == calls[0].parameters
            and sum(map(_length, calls)) + _length(call) <= _MAX_CHARACTERS
        )

    def join(self, calls: Sequence[Call]) -> Call:
        """Put the questions in a row, the passages in another, and say how many belong to each question."""
        inputs: dict[str, Any] = {
            name: texts([text for call in calls for text in call.inputs[name]])
            for name in (QUESTION, PASSAGES)
        }
        counts = np.array([len(call.inputs[PASSAGES]) for call in calls], np.int32)
        return Call(calls[0].model, inputs | {PASSAGE_COUNTS: counts}, calls[0].outputs, calls[0].parameters)

    def split(self, tensors: Tensors, calls: Sequence[Call]) -> list[Tensors]:
        """Give each ask its own row; raises EngineError where the server gave another number of rows."""
        for name, rows in tensors.items():
            if len(rows) != len(calls):
                raise EngineError(f"the server gave {len(rows)} {name} to {len(calls)} questions")
        return [{name: rows[i : i + 1] for name, rows in tensors.items()} for i in range(len(calls))]


def _length(call: Call) -> int:
    return sum(len(text) for array in call.inputs.values() for text in array)
