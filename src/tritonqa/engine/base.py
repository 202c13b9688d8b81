"""The seam: windows → logits."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tritonqa.arrays import FloatArray
from tritonqa.engine.answer_types import ANSWER_TYPE_OUTPUT
from tritonqa.errors import EngineError, InputError
from tritonqa.features import Window

ROUND_TO = 16  # tokens: the most that an engine rounds a length up to
INPUT_NAMES = ("input_ids", "attention_mask", "token_type_ids")
OUTPUT_NAMES = ("start_logits", "end_logits")


@dataclass(frozen=True, slots=True)
class Grouping:
    """How many windows, and tokens in all, an engine likes to be given at once.

    With same_length, only windows whose lengths, rounded up to this multiple, are the same.
    """

    max_windows: int = 1
    max_tokens: int | None = None
    same_length: int | None = None

    def admits(self, length: int, first: int, tokens: int) -> bool:
        """Say whether a window of this length joins a call, by the first one there and the tokens of all."""
        step = self.same_length
        same = step is None or rounded(length, step) == rounded(first, step)
        return same and (self.max_tokens is None or tokens + length <= self.max_tokens)


class Engine(ABC):
    """A model that turns windows into start and end logits.

    `streams` calls of run() may be under way at once, each from a thread of its own.
    """

    name: str
    precision: str
    streams: int = 1
    grouping: Grouping = Grouping()

    @abstractmethod
    def run(self, windows: Sequence[Window], *, alone: bool = False) -> list[FloatArray]:
        """Return logits [2, length] for each window: start and end.

        A model with an answer-type head gives [3, length]: see stack_logits.
        alone says that nothing else runs or waits, so that all cores may serve this call.
        Raises EngineError.
        """

    def require_reader(self, reader: str) -> None:  # noqa: B027 - what runs here was opened from its bundle
        """Raise EngineError where the engine runs elsewhere and is another reader's, by name and version."""

    def prepare(self, *, alone: bool) -> None:  # noqa: B027 - most are ready once they are open
        """Make ready now what run() with the same alone would first make; raises EngineError."""

    def computed(self, windows: Sequence[Window]) -> int:
        """Count the tokens that run() computes for these windows, padding included."""
        return sum(map(len, windows))

    @abstractmethod
    def close(self) -> None:
        """Let go of the model."""


def rounded(length: int, to: int = ROUND_TO) -> int:
    """Round a length up to a multiple."""
    return -(-length // to) * to


class Padding(Engine):
    """An engine that pads to multiples of round_to: CPU kernels are compiled for each length."""

    round_to: int = 8

    def computed(self, windows: Sequence[Window]) -> int:
        """Count the tokens with each window's length rounded up."""
        return sum(rounded(len(window), self.round_to) for window in windows)


def require_length(length: int, positions: int | None, field: str) -> None:
    """Raise InputError, by the field's name, for windows that, rounded up, are too long for the model."""
    if positions is not None and rounded(length) > positions:
        raise InputError(f"{field} {length} is more than the model takes: {positions} tokens")


def require_ports(file: str, inputs: Sequence[str], outputs: Sequence[str]) -> None:
    """Raise EngineError for a model whose inputs and outputs, by name, are not those of a reader."""
    known = tuple(outputs) in (OUTPUT_NAMES, (*OUTPUT_NAMES, ANSWER_TYPE_OUTPUT))
    if not set(INPUT_NAMES[:2]) <= set(inputs) <= set(INPUT_NAMES) or not known:
        raise EngineError(
            f"{file} takes {', '.join(inputs)} and gives {', '.join(outputs)}, where a reader takes "
            f"{', '.join(INPUT_NAMES)} and gives {', '.join(OUTPUT_NAMES)}; export it again"
        )


def pad_windows(windows: Sequence[Window], width: int) -> dict[str, np.ndarray]:
    """Return windows as model inputs [windows, width]; padding is masked."""
    inputs = {name: np.zeros((len(windows), width), np.int64) for name in INPUT_NAMES}
    for row, window in enumerate(windows):
        length = len(window)
        inputs["input_ids"][row, :length] = window.ids
        inputs["attention_mask"][row, :length] = 1
        inputs["token_type_ids"][row, :length] = window.type_ids
    return inputs
