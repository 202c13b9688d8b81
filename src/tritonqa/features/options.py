"""How passages are cut into windows."""

from __future__ import annotations

from dataclasses import dataclass

from tritonqa.checks import whole_number
from tritonqa.errors import InputError

LEAST_ROOM = 5  # four special tokens and one of the passage


@dataclass(frozen=True, slots=True)
class Windowing:
    """Sizes in tokens: of a window, of the overlap of two windows, of the question at most."""

    max_length: int = 384
    stride: int = 128
    max_question: int = 64

    def __post_init__(self) -> None:
        """Raise InputError for sizes that leave no room for a passage."""
        for name, least in (("max_length", 1), ("stride", 0), ("max_question", 1)):
            value = whole_number(f"windowing.{name}", getattr(self, name), least)
            object.__setattr__(self, name, value)
        if self.max_question + self.stride + LEAST_ROOM > self.max_length:
            raise InputError(
                f"windowing leaves no room: max_question {self.max_question} + stride {self.stride} "
                f"must be at least {LEAST_ROOM} below max_length {self.max_length}",
                "windowing",
            )
