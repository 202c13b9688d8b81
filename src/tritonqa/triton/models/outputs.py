"""The answers to a request's questions → its output arrays, each [n]; texts are UTF-8 bytes."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import numpy as np

from tritonqa.answers import Answers
from tritonqa.protocol import contract
from tritonqa.protocol.tensors import Array


def output(name: str, found: Sequence[Answers]) -> Array:
    """Make the output of this name: a row a question, or a row an answer, question after question."""
    return _OUTPUTS[name](found)


def _of_questions(name: str, kind: type) -> Callable[[Sequence[Answers]], Array]:
    return lambda found: np.array([getattr(answers, name) for answers in found], kind)


def _of_answers(name: str, kind: type) -> Callable[[Sequence[Answers]], Array]:
    return lambda found: np.array([getattr(answer, name) for answers in found for answer in answers], kind)


def _json(answers: Answers) -> bytes:
    return json.dumps(answers.to_dict(), ensure_ascii=False).encode()


_OUTPUTS: dict[str, Callable[[Sequence[Answers]], Array]] = {
    contract.ANSWERS: lambda found: np.array([_json(answers) for answers in found], object),
    contract.TEXT: lambda found: np.array([a.text.encode() for answers in found for a in answers], object),
    contract.SCORE: _of_answers("score", np.float32),
    contract.START: _of_answers("start", np.int32),
    contract.END: _of_answers("end", np.int32),
    contract.PASSAGE: _of_answers("passage", np.int32),
    contract.NO_ANSWER: _of_questions("no_answer", np.float32),
    contract.CALIBRATED: _of_questions("calibrated", np.bool_),
    contract.QUESTION_CUT: _of_questions("question_cut", np.bool_),
}
