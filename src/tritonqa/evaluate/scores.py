"""Predictions → SQuAD's official figures (Rajpurkar et al. 2016, 2018)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from tritonqa.datasets.example import Dataset
from tritonqa.evaluate.language import ENGLISH, Language


def normalise(text: str, language: Language = ENGLISH) -> str:
    """Lower the case, drop punctuation and articles, join words by one space; see Language."""
    return language.normalise(text)


def exact(gold: str, found: str, language: Language = ENGLISH) -> float:
    """Return 1.0 when both texts are the same once normalised."""
    return float(language.normalise(gold) == language.normalise(found))


def f1(gold: str, found: str, language: Language = ENGLISH) -> float:
    """Return the harmonic mean of precision and recall over the language's units; two empty texts agree."""
    wanted, given = language.units(gold), language.units(found)
    if not wanted or not given:
        return float(wanted == given)
    same = sum((Counter(wanted) & Counter(given)).values())
    if not same:
        return 0.0
    precision, recall = same / len(given), same / len(wanted)
    return 2 * precision * recall / (precision + recall)


def per_question(
    dataset: Dataset,
    predictions: Mapping[str, str],
    metric: Callable[[str, str, Language], float],
    language: Language = ENGLISH,
) -> dict[str, float]:
    """Score each question by its best gold answer; one without a prediction is 0 in 1.1, left out in 2.0."""
    scores = {}
    for example in dataset.examples:
        golds: Sequence[str] = example.accepted or example.answers
        if dataset.version == "2.0":
            if example.id not in predictions:
                continue
            golds = [gold for gold in golds if language.normalise(gold)] or [""]
        found = predictions.get(example.id)
        scores[example.id] = 0.0 if found is None else max(metric(gold, found, language) for gold in golds)
    return scores


def score(
    dataset: Dataset,
    predictions: Mapping[str, str],
    na_probs: Mapping[str, float] | None = None,
    threshold: float = 1.0,
    language: Language = ENGLISH,
) -> dict[str, float | int]:
    """Return the official keys in percent.

    For 2.0, predictions are the best spans; above the threshold of na_probs they count as no answer.
    """
    exacts, f1s = (per_question(dataset, predictions, metric, language) for metric in (exact, f1))
    if dataset.version == "1.1":
        return {"exact_match": _percent(exacts.values()), "f1": _percent(f1s.values())}
    answerable = {example.id: bool(example.answers) for example in dataset.examples}
    probabilities = na_probs or {}

    def at_threshold(raw: dict[str, float]) -> dict[str, float]:
        return {
            key: float(not answerable[key]) if probabilities.get(key, 0.0) > threshold else value
            for key, value in raw.items()
        }

    cut_exact, cut_f1 = at_threshold(exacts), at_threshold(f1s)
    result: dict[str, float | int] = {
        "exact": _percent(cut_exact.values()),
        "f1": _percent(cut_f1.values()),
        "total": len(cut_exact),
    }
    for prefix, kind in (("HasAns", True), ("NoAns", False)):
        keys = [key for key in cut_exact if answerable[key] is kind]
        if keys:
            result[f"{prefix}_exact"] = _percent([cut_exact[key] for key in keys])
            result[f"{prefix}_f1"] = _percent([cut_f1[key] for key in keys])
            result[f"{prefix}_total"] = len(keys)
    if na_probs:
        for name, raw in (("exact", exacts), ("f1", f1s)):
            best, where = best_threshold(raw, predictions, na_probs, answerable)
            result[f"best_{name}"], result[f"best_{name}_thresh"] = best, where
    return result


def best_threshold(
    raw: Mapping[str, float],
    predictions: Mapping[str, str],
    na_probs: Mapping[str, float],
    answerable: Mapping[str, bool],
) -> tuple[float, float]:
    """Return the best score in percent and the no-answer probability above which to answer nothing."""
    current = sum(not answerable[key] for key in raw)
    best, where = float(current), 0.0
    total = float(current)
    for key in sorted(raw, key=lambda key: na_probs[key]):
        if answerable[key]:
            total += raw[key]
        elif predictions[key]:
            total -= 1
        if total > best:
            best, where = total, na_probs[key]
    return 100.0 * best / len(raw), where


def _percent(values: Iterable[float]) -> float:
    numbers = list(values)
    return 100.0 * sum(numbers) / len(numbers)
