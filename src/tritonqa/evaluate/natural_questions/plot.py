"""Judgements → precision-recall curves with their thresholds marked."""

from __future__ import annotations

from pathlib import Path

from tritonqa.evaluate.natural_questions.figures import TARGETS, Curve
from tritonqa.evaluate.natural_questions.judge import Judgements
from tritonqa.evaluate.plots import KINDS, require_matplotlib


def plot(judged: Judgements, folder: Path) -> list[Path]:
    """Draw both curves into a folder that exists; return the files. Raises MissingExtra."""
    figure = require_matplotlib()(figsize=(9, 4.4), layout="constrained")
    for axes, kind, rows in zip(
        figure.subplots(1, 2, sharey=True), ("Long", "Short"), (judged.long, judged.short), strict=True
    ):
        curve = Curve.of(rows)
        axes.plot([p.recall for p in curve.points], [p.precision for p in curve.points], linewidth=1.5)
        best = curve.best
        marked = [("best F1", best, "*", 12)] if best.f1 else []
        for target in TARGETS:
            if (point := curve.at_precision(target)) is not None:
                marked.append((f"R@P≥{target:g}", point, "o", 5))
        for label, point, marker, size in marked:
            legend = f"{label}: {point.recall:.2f} from score {point.threshold:.3g}"
            axes.plot(point.recall, point.precision, marker, markersize=size, label=legend)
        axes.set(title=f"{kind} answers, {curve.pages:,} pages", xlabel="recall", xlim=(0, 1), ylim=(0, 1.02))
        axes.grid(alpha=0.3)
        if marked:
            axes.legend(loc="lower left", fontsize="small")
    figure.axes[0].set_ylabel("precision")
    paths = [folder / f"precision-recall.{kind}" for kind in KINDS]
    for path in paths:
        figure.savefig(path, dpi=150)
    return paths
