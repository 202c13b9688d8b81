"""Reader and dataset → official figures and calibration."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol, Unpack

from tritonqa.answers import Answers, Calibration
from tritonqa.datasets.example import Dataset, require_text
from tritonqa.evaluate.calibration import auroc, expected_calibration_error
from tritonqa.evaluate.language import ENGLISH, Language
from tritonqa.evaluate.scores import exact, f1, per_question, score
from tritonqa.progress import Step
from tritonqa.spans import AskOptions, Decoding
from tritonqa.text import Row


class Answering(Protocol):
    """What can be scored: any reader."""

    def ask_many(self, asks: Iterable[Row], **options: Unpack[AskOptions]) -> Iterator[Answers]:
        """Answer a stream of asks in order."""
        ...


@dataclass(frozen=True, slots=True)
class Judged:
    """A probability that was given, and whether it came true (1.0 or 0.0), for each question."""

    probabilities: list[float]
    outcomes: list[float]

    @property
    def error(self) -> float:
        """Return the expected calibration error."""
        return expected_calibration_error(self.probabilities, self.outcomes)


@dataclass(frozen=True, slots=True)
class Report:
    """Figures in official keys, a row a question, and for calibration what was promised and came true.

    A row's prediction, exact and f1 are what was counted: "" where the threshold left no answer.
    """

    figures: dict[str, Any]
    rows: list[dict[str, Any]]
    right: Judged
    no_answer: Judged


def evaluate(
    reader: Answering,
    dataset: Dataset,
    step: Step | None = None,
    calibration: Calibration | None = None,
    language: Language = ENGLISH,
    **options: Unpack[AskOptions],
) -> Report:
    """Ask every question, always answering, then score as the official script does.

    For 2.0 exact and f1 are those at no_answer_threshold where one is given; otherwise at the threshold that
    calibration holds, fitted on other questions: what published figures are comparable with. default_exact
    and default_f1 are then those at the default threshold. step(done, all) is called after each question.
    Raises InputError for a question or a context without text, before anything is asked.
    """
    require_text(dataset.examples)
    decoding = Decoding().changed(**options)
    fitted = calibration.threshold(decoding.answerable_prior) if calibration else None
    if options.get("no_answer_threshold") is not None:
        fitted = None
    asked: AskOptions = {**options, "no_answer_threshold": 1.0}
    pairs = [(example.question, example.context) for example in dataset.examples]
    found: list[Answers] = []
    for answers in reader.ask_many(pairs, **asked):
        found.append(answers)
        if step is not None:
            step(len(found), len(pairs))
    return _report(dataset, found, decoding.no_answer_threshold, fitted, language)


def _report(
    dataset: Dataset, found: list[Answers], default: float, fitted: float | None, language: Language
) -> Report:
    examples = dataset.examples
    texts = {e.id: answers[0].text if answers else "" for e, answers in zip(examples, found, strict=True)}
    nothing = {e.id: answers.no_answer for e, answers in zip(examples, found, strict=True)}
    exacts, f1s = (per_question(dataset, texts, metric, language) for metric in (exact, f1))
    right = Judged(
        [answers[0].score if answers else 0.0 for answers in found], [exacts[e.id] for e in examples]
    )
    no_answer = Judged([answers.no_answer for answers in found], [float(not e.answers) for e in examples])
    threshold = default if fitted is None else fitted
    figures: dict[str, Any] = dict(score(dataset, texts, nothing, threshold, language))
    if dataset.version == "2.0":
        figures["no_answer_threshold"] = threshold
        if fitted is not None:
            usual = score(dataset, texts, nothing, default, language)
            figures |= {f"default_{name}": usual[name] for name in ("exact", "f1")}
    figures["answer_ece"] = right.error
    if dataset.version == "2.0":
        figures["no_answer_ece"] = no_answer.error
        if 0 < sum(no_answer.outcomes) < len(examples):
            figures["no_answer_auroc"] = auroc(no_answer.probabilities, no_answer.outcomes)
        figures["answerable_share"] = 1 - sum(no_answer.outcomes) / len(examples)
    figures["language"] = language.code
    shifted = dataset.version == "2.0"
    counted = {key: "" if shifted and nothing[key] > threshold else text for key, text in texts.items()}
    cut_exact, cut_f1 = (per_question(dataset, counted, metric, language) for metric in (exact, f1))
    rows = [
        {
            "id": e.id,
            "gold": list(e.answers),
            "prediction": counted[e.id],
            "exact": cut_exact[e.id],
            "f1": cut_f1[e.id],
            **answers.to_dict(),
        }
        for e, answers in zip(examples, found, strict=True)
    ]
    return Report(figures, rows, right, no_answer)
