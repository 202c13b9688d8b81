"""Official scores, calibration."""

from tritonqa.evaluate.calibration import expected_calibration_error, reliability, risk_coverage
from tritonqa.evaluate.scores import exact, f1, normalise, score

__all__ = [
    "exact",
    "expected_calibration_error",
    "f1",
    "normalise",
    "reliability",
    "risk_coverage",
    "score",
]
