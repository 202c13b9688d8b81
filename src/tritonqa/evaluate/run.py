"""Reader and dataset → official figures and calibration."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tritonqa.answers import Answers
from tritonqa.evaluate.calibration import expected_calibration_error
from tritonqa.evaluate.dataset import Dataset
from tritonqa.evaluate.squad import exact, per_question, score
from tritonqa.reader import Reader


@dataclass(frozen=True, slots=True)
class Report:
    """Figures in official keys, and for plots the probabilities and what came true per question."""

    figures: dict[str, Any]
    questions: list[dict[str, Any]]
    scores: tuple[list[float], list[float]]
    no_answers: tuple[list[float], list[float]]


def evaluate(
    reader: Reader, dataset: Dataset, threshold: float = 0.5, step: Callable[[], None] = lambda: None
) -> Report:
    """Ask every question, always answering, then score as the official script does.

    For 2.0 the threshold on no_answer is applied when scoring. Calls step after each question.
    """
    found: dict[str, Answers] = {}
    asks = ((example.question, example.context) for example in dataset.examples)
    for example, answers in zip(
        dataset.examples, reader.ask_many(asks, no_answer_threshold=1.0), strict=True
    ):
        found[example.id] = answers
        step()
    texts = {key: answers[0].text if answers else "" for key, answers in found.items()}
    no_answer = {key: answers.no_answer for key, answers in found.items()}
    figures: dict[str, Any] = dict(score(dataset, texts, no_answer, threshold))
    hits = per_question(dataset, texts, exact)
    right = [hits[example.id] for example in dataset.examples]
    chance = [found[example.id][0].score if found[example.id] else 0.0 for example in dataset.examples]
    missing = [float(not example.answers) for example in dataset.examples]
    nothing = list(no_answer.values())
    figures["answer_ece"] = expected_calibration_error(chance, right)
    if dataset.version == "2.0":
        answered = [example.id for example in dataset.examples if example.answers]
        figures["no_answer_ece"] = expected_calibration_error(nothing, missing)
        figures["answerable_share"] = len(answered) / len(missing)
    questions = [
        {"id": example.id, "exact": hits[example.id], **found[example.id].to_dict()}
        for example in dataset.examples
    ]
    return Report(figures, questions, (chance, right), (nothing, missing))
