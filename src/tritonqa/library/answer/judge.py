"""What the reader and retrieval say of an answer → the probability that it is right."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from math import exp, log

from tritonqa.library.retrieve import Retrieved
from tritonqa.library.store import Stored

FITTED = "judge.json"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An answer at characters start to end of a document, the rank of its passage, and what is known of both.

    read is the reader's score; probability is the judge's.
    """

    text: str
    start: int
    end: int
    read: float
    rank: int
    retrieved: Retrieved
    passage: Stored
    probability: float = 0.0


@dataclass(frozen=True, slots=True)
class Model:
    """Logistic models, weights by feature and "bias": that an answer is right, that there is one."""

    right: dict[str, float]
    answered: dict[str, float]


@dataclass(frozen=True, slots=True)
class Judge:
    """One model where vectors were compared, one where words alone were searched."""

    hybrid: Model
    lexical: Model

    def judged(self, candidates: Sequence[Candidate], no_answer: float) -> list[Candidate]:
        """Return candidates with their probabilities, the likeliest first; no_answer is the reader's."""
        found = [
            replace(one, probability=_probability(self._model(one).right, features(one, no_answer)))
            for one in candidates
        ]
        return sorted(found, key=lambda one: (-one.probability, one.rank, one.start))

    def no_answer(self, candidates: Sequence[Candidate], no_answer: float) -> float:
        """Return the probability that no candidate is right, of candidates that were judged."""
        if not candidates:
            return 1.0
        best = candidates[0]
        return 1.0 - _probability(self._model(best).answered, features(best, no_answer))

    def _model(self, candidate: Candidate) -> Model:
        return self.lexical if candidate.retrieved.dense is None else self.hybrid


def features(candidate: Candidate, no_answer: float) -> dict[str, float]:
    """Return what the models weigh.

    answerable: log odds that the passages answer, by the reader; share: log odds of this answer among all
    spans of all passages; lexical, near, dense: how near its passage is to the question.
    """
    answerable = 1.0 - no_answer
    return {
        "answerable": log_odds(answerable),
        "share": log_odds(candidate.read / answerable if answerable > 0 else 0.0),
        "lexical": candidate.retrieved.lexical,
        "near": candidate.retrieved.near,
        "dense": candidate.retrieved.dense or 0.0,
    }


@cache
def fitted() -> Judge:
    """Return the judge that was fitted on questions and articles of SQuAD's training set."""
    record = json.loads(files("tritonqa.library.answer").joinpath(FITTED).read_text(encoding="utf-8"))
    return Judge(Model(**record["hybrid"]), Model(**record["lexical"]))


def log_odds(probability: float) -> float:
    """Return log(p / (1 - p)), bounded."""
    bounded = min(max(probability, 1e-6), 1 - 1e-6)
    return log(bounded) - log(1 - bounded)


def weighed(weights: Mapping[str, float], values: Mapping[str, float]) -> float:
    """Return the sum of what is weighed, and the bias."""
    return weights.get("bias", 0.0) + sum(
        weight * values[name] for name, weight in weights.items() if name != "bias"
    )


def _probability(weights: Mapping[str, float], values: Mapping[str, float]) -> float:
    return 1 / (1 + exp(-max(min(weighed(weights, values), 700.0), -700.0)))
