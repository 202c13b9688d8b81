"""Predictions on Natural Questions → official figures, the competition's, and why questions were lost."""

from tritonqa.evaluate.natural_questions.competition import micro_f1
from tritonqa.evaluate.natural_questions.figures import Curve, Point, figures, null_figures
from tritonqa.evaluate.natural_questions.judge import MAJORITY, Judgement, Judgements, judge
from tritonqa.evaluate.natural_questions.losses import REASONS, Loss, losses
from tritonqa.evaluate.natural_questions.overlap import short_overlap
from tritonqa.evaluate.natural_questions.report import Report, Thresholds, evaluate

__all__ = [
    "MAJORITY",
    "REASONS",
    "Curve",
    "Judgement",
    "Judgements",
    "Loss",
    "Point",
    "Report",
    "Thresholds",
    "evaluate",
    "figures",
    "judge",
    "losses",
    "micro_f1",
    "null_figures",
    "short_overlap",
]
