"""A document's text → passages, and their words as search counts them."""

from __future__ import annotations

from tritonqa.library.passages.analyse import ANALYSER, analyse
from tritonqa.library.passages.describe import Piece
from tritonqa.library.passages.split import SPLITTER, Passage, Splitting, split

__all__ = ["ANALYSER", "SPLITTER", "Passage", "Piece", "Splitting", "analyse", "split"]
