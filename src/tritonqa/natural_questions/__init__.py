"""Whole pages of Natural Questions through a reader: windows → long, short, yes or no answers."""

from tritonqa.natural_questions.answer import SCORE
from tritonqa.natural_questions.predict import predict
from tritonqa.natural_questions.run import PageOptions, predict_files

__all__ = ["SCORE", "PageOptions", "predict", "predict_files"]
