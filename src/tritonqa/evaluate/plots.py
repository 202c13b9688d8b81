"""A report → pictures of how far its probabilities can be believed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from tritonqa.errors import MissingExtra
from tritonqa.evaluate.calibration import BINS, reliability, risk_coverage
from tritonqa.evaluate.run import Judged, Report

KINDS = ("png", "svg")


def require_matplotlib() -> Any:
    """Return matplotlib's Figure; raises MissingExtra."""
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtra("matplotlib", "evaluate") from error
    return Figure


def plot(report: Report, folder: Path) -> list[Path]:
    """Write the reliability and the risk-coverage plot into a folder that exists; return their paths."""
    figures = {"reliability": _reliability(report), "risk-coverage": _risk_coverage(report.right)}
    paths = []
    for name, figure in figures.items():
        for kind in KINDS:
            paths.append(folder / f"{name}.{kind}")
            figure.savefig(paths[-1], dpi=150)
    return paths


def _reliability(report: Report) -> Any:
    """Draw probability against share that came true, and below how many questions got it."""
    count = len(report.right.outcomes)
    series = {"answer is right": report.right}
    if any(report.no_answer.outcomes):
        series["no answer"] = report.no_answer
    figure = require_matplotlib()(figsize=(5.2, 6), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(4, 1))
    above.plot([0, 1], [0, 1], color="0.7", linestyle="--", label="perfect")
    edges = np.linspace(0, 1, BINS + 1)
    for name, judged in series.items():
        rows = reliability(judged.probabilities, judged.outcomes)
        label = f"{name} (ECE {judged.error:.3f})"
        above.plot([row[0] for row in rows], [row[1] for row in rows], marker="o", markersize=4, label=label)
        below.hist(judged.probabilities, edges, histtype="step", linewidth=1.5)
    above.set(ylabel="share that came true", ylim=(-0.02, 1.02), title=f"Reliability, {count:,} questions")
    above.grid(alpha=0.3)
    above.legend(loc="upper left")
    below.set(xlabel="probability given", ylabel="questions", xlim=(-0.02, 1.02))
    below.grid(alpha=0.3)
    return figure


def _risk_coverage(right: Judged) -> Any:
    """Draw how many answers are wrong when only the surest are given."""
    coverage, risk = risk_coverage(right.probabilities, right.outcomes)
    figure = require_matplotlib()(figsize=(5.2, 4), layout="constrained")
    axes = figure.subplots()
    axes.plot(coverage, risk, label=f"by score (mean risk {risk.mean():.3f})")
    axes.axhline(float(risk[-1]), color="0.7", linestyle="--", label=f"all answered (risk {risk[-1]:.3f})")
    axes.set(
        xlabel="share of questions answered, surest first",
        ylabel="share of those wrong",
        title=f"Risk and coverage, {len(risk):,} questions",
        xlim=(0, 1),
        ylim=(0, None),
    )
    axes.grid(alpha=0.3)
    axes.legend()
    return figure
