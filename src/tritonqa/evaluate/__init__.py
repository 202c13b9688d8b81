"""Official scores, calibration."""

from typing import TYPE_CHECKING

from tritonqa.lazy import lazily

if TYPE_CHECKING:
    from tritonqa.evaluate.calibration import expected_calibration_error, reliability, risk_coverage
    from tritonqa.evaluate.scores import exact, f1, normalise, score
else:
    __getattr__ = lazily(
        __name__,
        {
            **dict.fromkeys(("expected_calibration_error", "reliability", "risk_coverage"), "calibration"),
            **dict.fromkeys(("exact", "f1", "normalise", "score"), "scores"),
        },
    )

__all__ = [
    "exact",
    "expected_calibration_error",
    "f1",
    "normalise",
    "reliability",
    "risk_coverage",
    "score",
]
