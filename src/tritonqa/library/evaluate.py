"""A library and questions → figures of retrieval, of answers, and of what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from tritonqa.datasets import Dataset, Example
from tritonqa.evaluate import exact, f1
from tritonqa.evaluate.calibration import auroc
from tritonqa.evaluate.language import ENGLISH, Language
from tritonqa.evaluate.retrieval import CUTS, retrieval_figures
from tritonqa.evaluate.run import Judged, Report
from tritonqa.library.answer import CitedAnswers
from tritonqa.library.answer.ask import PASSAGES
from tritonqa.library.library import Library
from tritonqa.progress import Step

FALSE_REFUSALS = 0.1


def evaluate(
    library: Library,
    dataset: Dataset,
    step: Step | None = None,
    *,
    no_answer_threshold: float = 0.5,
    passages: int = PASSAGES,
    language: Language = ENGLISH,
) -> Report:
    """Ask a library every question of a dataset, whose own contexts are not read.

    A passage is relevant where it holds a gold answer (as in Karpukhin et al. 2020); exact and f1 are of the
    best answer, whatever its probability, over the questions that have one. refused@10 is the share of
    questions without an answer that are refused at the threshold that refuses a tenth of the others.
    step(done, all) is called after each.
    """
    rows, rankings, relevant = [], [], []
    for done, example in enumerate(dataset.examples, 1):
        hits = library.search(example.question, k=max(CUTS))
        holding = [str(rank) for rank, hit in enumerate(hits) if holds(hit.text, example.answers, language)]
        rankings.append([str(rank) for rank in range(len(hits))])
        relevant.append((set(holding[:1]) or {"none"}) if example.answers else set())
        answers = library.ask(example.question, no_answer_threshold=1.0, passages=passages)
        rows.append(_row(example, answers, no_answer_threshold, language))
        if step is not None:
            step(done, len(dataset.examples))
    report = _report(dataset.examples, rows, rankings, relevant)
    report.figures["language"] = language.code
    return report


def holds(passage: str, answers: Sequence[str], language: Language = ENGLISH) -> bool:
    """Tell whether a passage has the words of an answer; where they are not spaced, its characters."""
    space = "" if language.by_character else " "
    text, *wanted = (f"{space}{space.join(language.units(each))}{space}" for each in (passage, *answers))
    return any(each in text for each in wanted if each.strip())


def _row(example: Example, answers: CitedAnswers, threshold: float, language: Language) -> dict[str, Any]:
    text = answers[0].text if answers else ""
    shown: dict[str, Any] = asdict(answers[0].citations[0]) if answers else {}
    return {
        "id": example.id,
        "question": example.question,
        "gold": list(example.answers),
        "prediction": text,
        "score": answers[0].score if answers else 0.0,
        "no_answer": answers.no_answer,
        "refused": answers.no_answer > threshold,
        "exact": max((exact(gold, text, language) for gold in example.answers), default=0.0),
        "f1": max((f1(gold, text, language) for gold in example.answers), default=0.0),
        "document": shown.get("document"),
        "page": shown.get("page"),
    }


def _report(
    examples: Sequence[Example],
    rows: list[dict[str, Any]],
    rankings: list[list[str]],
    relevant: list[set[str]],
) -> Report:
    answerable = np.array([bool(example.answers) for example in examples])
    nothing = np.array([row["no_answer"] for row in rows])
    figures: dict[str, Any] = {"questions": len(rows), "answerable": int(answerable.sum())}
    if answerable.any():
        answered = [row for row, known in zip(rows, answerable, strict=True) if known]
        figures["exact"] = 100 * float(np.mean([row["exact"] for row in answered]))
        figures["f1"] = 100 * float(np.mean([row["f1"] for row in answered]))
        figures["false_refusals"] = float(np.mean([row["refused"] for row in answered]))
        figures |= retrieval_figures(rankings, relevant)
    if not answerable.all():
        unanswerable = [row for row, known in zip(rows, answerable, strict=True) if not known]
        figures["refused"] = float(np.mean([row["refused"] for row in unanswerable]))
    if answerable.any() and not answerable.all():
        figures["no_answer_auroc"] = auroc(nothing, ~answerable)
        figures["refusal_curve"] = refusal_curve(nothing, answerable)
        curve = figures["refusal_curve"]
        figures["refused@10"] = max(c["refused"] for c in curve if c["false_refusals"] <= FALSE_REFUSALS)
    right = Judged([row["score"] for row in rows], [row["exact"] for row in rows])
    return Report(figures, rows, right, Judged(nothing.tolist(), (~answerable).astype(float).tolist()))


def refusal_curve(nothing: np.ndarray, answerable: np.ndarray, points: int = 21) -> list[dict[str, float]]:
    """Return the shares of both kinds that are refused, by thresholds that refuse none to all."""
    cuts = np.append(np.quantile(nothing[answerable], np.linspace(1, 0, points)), -1.0)
    return [
        {
            "threshold": float(cut),
            "false_refusals": float((nothing[answerable] > cut).mean()),
            "refused": float((nothing[~answerable] > cut).mean()),
        }
        for cut in cuts
    ]
