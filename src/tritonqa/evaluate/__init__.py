"""Datasets, official scores, calibration."""

from tritonqa.evaluate.calibration import expected_calibration_error, reliability, risk_coverage
from tritonqa.evaluate.dataset import Dataset, Example, load_squad, save_examples
from tritonqa.evaluate.squad import exact, f1, normalise, score

__all__ = [
    "Dataset",
    "Example",
    "exact",
    "expected_calibration_error",
    "f1",
    "load_squad",
    "normalise",
    "reliability",
    "risk_coverage",
    "save_examples",
    "score",
]
