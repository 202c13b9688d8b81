"""How passages are cut into windows."""

from __future__ import annotations

from dataclasses import dataclass

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
        for name in ("max_length", "stride", "max_question"):
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or value < (name != "stride"):
                raise InputError(f"windowing.{name} must be a positive whole number, not {value!r}")
        if self.max_question + self.stride + LEAST_ROOM > self.max_length:
            raise InputError(
                f"windowing leaves no room: max_question {self.max_question} + stride {self.stride} "
                f"must be at least {LEAST_ROOM} below max_length {self.max_length}"
            )
