"""Scored spans → what people read."""

from tritonqa.answers.answer import Answer, Answers, Place
from tritonqa.answers.calibration import Calibration
from tritonqa.answers.rank import rank

__all__ = ["Answer", "Answers", "Calibration", "Place", "rank"]
