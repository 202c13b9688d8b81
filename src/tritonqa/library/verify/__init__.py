"""A text with quotations → which of them stand in documents, and where."""

from __future__ import annotations

from tritonqa.library.verify.normalise import Normalised, normalise
from tritonqa.library.verify.quotation import Quotation, Quoted
from tritonqa.library.verify.quotations import quotations, sentences
from tritonqa.library.verify.run import verify

__all__ = ["Normalised", "Quotation", "Quoted", "normalise", "quotations", "sentences", "verify"]
