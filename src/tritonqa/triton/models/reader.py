"""The model reader: strings in, answers out, over the same prepare, flow and finish as in process.

execute hands windows to the flow and returns at once; each answer leaves through its request's sender.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import triton_python_backend_utils as pb_utils

from tritonqa.answers import Answers
from tritonqa.errors import InputError
from tritonqa.reader.load import load_embedded
from tritonqa.spans import Decoding
from tritonqa.text import Ask
from tritonqa.triton.models.answering import error_response

_DECODING = tuple(item.name for item in fields(Decoding))


class TritonPythonModel:
    """What Triton's python backend calls."""

    def initialize(self, args: dict[str, str]) -> None:
        """Open the bundle that lies beside model.py."""
        config = json.loads(args["model_config"])
        known = {name: value["string_value"] for name, value in config["parameters"].items()}
        bundle = Path(args["model_repository"]) / args["model_version"] / "bundle"
        self._reader = load_embedded(str(bundle), known.get("engine"), known.get("precision"))

    def execute(self, requests: Sequence[Any]) -> None:
        """Start an ask for each request."""
        for request in requests:
            sender = request.get_response_sender()
            wanted = request.requested_output_names()
            try:
                options = self._reader.decoding.changed(**_options(request))
                future = self._reader.start(_ask(request), options)
            except Exception as error:  # noqa: BLE001 - every request must be answered
                _send(sender, error_response(error))
            else:
                future.add_done_callback(partial(_answer, sender, wanted))

    def finalize(self) -> None:
        """Stop the streams."""
        self._reader.close()


def _ask(request: Any) -> Ask:
    (question,) = _texts(request, "question")
    return Ask.of(question, _texts(request, "passages"))


def _texts(request: Any, name: str) -> list[str]:
    raw = pb_utils.get_input_tensor_by_name(request, name).as_numpy()
    try:
        return [item.decode("utf-8") for item in raw.reshape(-1)]
    except UnicodeDecodeError as error:
        raise InputError(f"{name} is not UTF-8: {error}") from error


def _options(request: Any) -> dict[str, Any]:
    """Read the options off the request's parameters and its optional input."""
    found: dict[str, Any] = json.loads(request.parameters() or "{}")
    if pb_utils.get_input_tensor_by_name(request, "options") is not None:
        (text,) = _texts(request, "options")
        try:
            found |= json.loads(text)
        except (ValueError, TypeError) as error:
            raise InputError(f"options must be a JSON object: {error}") from error
    if unknown := found.keys() - _DECODING:
        raise InputError(f"option {min(unknown)} is unknown; the options are {', '.join(_DECODING)}")
    return found


def _answer(sender: Any, wanted: Sequence[str], done: Future[Answers]) -> None:
    try:
        answers = done.result()
        tensors = [pb_utils.Tensor(name, _OUTPUTS[name](answers)) for name in wanted]
        response = pb_utils.InferenceResponse(output_tensors=tensors)
    except BaseException as error:  # noqa: BLE001 - every request must be answered
        response = error_response(error)
    _send(sender, response)


def _send(sender: Any, response: Any) -> None:
    sender.send(response, flags=pb_utils.TRITONSERVER_RESPONSE_COMPLETE_FINAL)


def _column(name: str, kind: type) -> Any:
    return lambda answers: np.array([getattr(answer, name) for answer in answers], kind)


_OUTPUTS = {
    "answers": lambda answers: np.array([json.dumps(answers.to_dict(), ensure_ascii=False).encode()], object),
    "text": lambda answers: np.array([answer.text.encode() for answer in answers], object),
    "score": _column("score", np.float32),
    "start": _column("start", np.int32),
    "end": _column("end", np.int32),
    "passage": _column("passage", np.int32),
    "no_answer": lambda answers: np.array([answers.no_answer], np.float32),
    "calibrated": lambda answers: np.array([answers.calibrated], np.bool_),
    "question_cut": lambda answers: np.array([answers.question_cut], np.bool_),
}
