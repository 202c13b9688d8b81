"""A report → pictures of how far its probabilities can be believed."""

from __future__ import annotations

from pathlib import Path

from tritonqa.errors import MissingExtra
from tritonqa.evaluate.calibration import reliability, risk_coverage
from tritonqa.evaluate.run import Report


def plot(report: Report, folder: Path, kinds: tuple[str, ...] = ("png", "svg")) -> list[Path]:
    """Write reliability and risk-coverage plots; return their paths. Raises MissingExtra."""
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtra("matplotlib", "evaluate") from error
    folder.mkdir(parents=True, exist_ok=True)
    calibration = Figure(figsize=(5, 5), layout="constrained")
    axes = calibration.subplots()
    axes.plot([0, 1], [0, 1], color="0.7", linestyle="--", label="perfect")
    for name, (chance, came) in (("answer is right", report.scores), ("no answer", report.no_answers)):
        rows = reliability(chance, came)
        axes.plot([row[0] for row in rows], [row[1] for row in rows], marker="o", label=name)
    axes.set(xlabel="probability given", ylabel="share that came true", title="Reliability")
    axes.legend()
    coverage, risk = risk_coverage(*report.scores)
    trade = Figure(figsize=(5, 4), layout="constrained")
    axes = trade.subplots()
    axes.plot(coverage, risk)
    axes.set(xlabel="share of questions answered", ylabel="share of those wrong", title="Risk and coverage")
    paths = []
    for figure, name in ((calibration, "reliability"), (trade, "risk-coverage")):
        for kind in kinds:
            paths.append(folder / f"{name}.{kind}")
            figure.savefig(paths[-1], dpi=150)
    return paths
