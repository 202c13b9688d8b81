"""The seam: texts → vectors."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from tritonqa.arrays import FloatArray


class Encoder(ABC):
    """A model that turns texts into vectors [width] of unit length; name is a library's stamp of it."""

    name: str
    width: int

    @abstractmethod
    def encode(self, texts: Sequence[str]) -> FloatArray:
        """Return vectors [n, width]; of a text longer than the model takes, its beginning counts."""

    @abstractmethod
    def reads(self, text: str) -> bool:
        """Tell whether the model knows the script that a text is written in."""
