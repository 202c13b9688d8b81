"""The model reader: strings in, answers out, over the same prepare, flow and finish as in process.

execute hands windows to the flow and returns at once; each answer leaves through its request's sender, so
asks of all clients share the engine's streams a window at a time. What is refused is so by what execute
returns, which costs no message of its own.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import fields, replace
from functools import partial
from itertools import accumulate
from typing import Any

import numpy as np
import triton_python_backend_utils as pb_utils

from tritonqa.answers import Answers
from tritonqa.errors import InputError, Overloaded
from tritonqa.futures import gather
from tritonqa.protocol import parameters
from tritonqa.protocol.contract import CANCEL_STREAM, PASSAGE_COUNTS
from tritonqa.protocol.parameters import parameters_of
from tritonqa.protocol.stream_id import stream_of
from tritonqa.reader.in_process import InProcess
from tritonqa.spans import Decoding
from tritonqa.text import Ask
from tritonqa.triton.models.cache import Cache
from tritonqa.triton.models.cancellation import CancellationWatcher
from tritonqa.triton.models.metrics import MeteredEngine, Metrics
from tritonqa.triton.models.responses import ResponseSender, error_response, texts
from tritonqa.triton.models.scheduling import PriorityBoost
from tritonqa.triton.models.startup import open_bundle
from tritonqa.triton.repository.options import Limits

_DECODING = tuple(item.name for item in fields(Decoding))
_SWITCH = 0.0005  # seconds; Triton's calls wait behind the streams' Python by Python's own 0.005
_LONG = 50_000  # characters from which on tokenising would hold up the asks behind


class TritonPythonModel:
    """What Triton's python backend calls."""

    def initialize(self, args: dict[str, str]) -> None:
        """Open the bundle that lies beside model.py."""
        sys.setswitchinterval(_SWITCH)
        config = json.loads(args["model_config"])
        known = parameters_of(config)
        self._limits = Limits(**json.loads(known[parameters.LIMITS]))
        bundle, choice, engine = open_bundle(args, config)
        self._metrics = Metrics({"model": args["model_name"], "version": args["model_version"]})
        self._reader = InProcess.of(
            bundle,
            MeteredEngine(engine, self._metrics),
            decoding=Decoding(**json.loads(known[parameters.DECODING])),
            max_waiting=self._limits.waiting,
        )
        self._metrics.watch(self._reader.flow)
        self._cache = Cache() if json.loads(known[parameters.CACHE]) else None
        self._cancellations, self._priority = CancellationWatcher(), PriorityBoost()
        self._long = ThreadPoolExecutor(1, "tritonqa-long")
        pb_utils.Logger.log_info(f"{bundle.manifest.name} runs on {choice}")

    def execute(self, requests: Sequence[Any]) -> list[Any]:
        """Start each request's asks, and return None for it; a response says why one was refused."""
        return [self._receive(request) for request in requests]

    def finalize(self) -> None:
        """Stop the streams; Triton calls this when nothing is under way."""
        self._long.shutdown()
        self._cancellations.close()
        self._priority.close()
        self._reader.close()
        self._metrics.close()

    def _receive(self, request: Any) -> Any:
        """Start a request's asks, whose answers leave through its sender: None; or say why it is refused."""
        try:
            given = json.loads(request.parameters() or "{}")
            stream = stream_of(request.request_id())
            if given.pop(CANCEL_STREAM, False):
                self._cancellations.call_off(stream)
                return pb_utils.InferenceResponse()
            self._reader.flow.check_room()
            asks = _asks(request, self._limits)
            options = _options(request, given, self._reader.decoding)
            if sum(len(text) for ask in asks for text in (ask.question, *ask.passages)) > _LONG:
                self._long.submit(self._start_aside, ResponseSender(request), asks, options)
            else:
                self._follow(self._start_all(stream, asks, options), ResponseSender(request))
        except Exception as error:  # noqa: BLE001 - every request must be answered
            self._refused(request.request_id(), error)
            return error_response(error)
        return None

    def _start_aside(self, sender: ResponseSender, asks: Sequence[Ask], options: Decoding) -> None:
        try:
            self._follow(self._start_all(sender.stream, asks, options), sender)
        except Exception as error:  # noqa: BLE001 - every request must be answered
            self._refused(sender.id, error)
            sender.fail(error)

    def _refused(self, number: str, error: Exception) -> None:
        self._metrics.refused()
        if isinstance(error, Overloaded):
            self._priority.refused(number, error)

    def _start_all(self, stream: str, asks: Sequence[Ask], options: Decoding) -> Future[list[Answers]]:
        """Start the asks of a request; where one can't, the others are dropped."""
        futures, idle = list[Future[Answers]](), not self._reader.flow.waiting
        try:
            for ask in asks:
                futures.append(self._start(stream, ask, options))
        except Exception as error:
            for future in futures:
                future.cancel()
            if isinstance(error, Overloaded) and idle and len(asks) > 1:
                raise InputError(
                    f"question: {len(asks)} need more windows than may wait; send fewer"
                ) from error
            raise
        return gather(futures)

    def _start(self, stream: str, ask: Ask, options: Decoding) -> Future[Answers]:
        """Start an ask, unless its answers are known."""
        if self._cancellations.is_called_off(stream):
            raise CancelledError
        if self._cache is not None and (known := self._cache.get(ask, options)) is not None:
            self._metrics.add(tritonqa_cached=1)
            future: Future[Answers] = Future()
            future.set_result(known)
            return future
        future = self._reader.start(ask, options, timeout=0, deadline=self._limits.seconds)
        if self._cache is not None:
            future.add_done_callback(partial(self._keep, ask, options))
        return future

    def _follow(self, future: Future[list[Answers]], sender: ResponseSender) -> None:
        self._cancellations.watch(sender, future)
        future.add_done_callback(partial(self._answer, sender))

    def _keep(self, ask: Ask, options: Decoding, done: Future[Answers]) -> None:
        if self._cache is not None and not done.cancelled() and done.exception() is None:
            self._cache.put(ask, options, done.result())

    def _answer(self, sender: ResponseSender, done: Future[list[Answers]]) -> None:
        try:
            found = done.result()
            sender.send([pb_utils.Tensor(name, _OUTPUTS[name](found)) for name in sender.wanted])
            for answers in found:
                self._metrics.answered(len(answers) > 0)
        except BaseException as error:  # noqa: BLE001 - every request must be answered
            self._metrics.refused()
            sender.fail(error)


def _asks(request: Any, limits: Limits) -> list[Ask]:
    """Read the questions, each with its passages."""
    questions, passages = texts(request, "question"), texts(request, "passages")
    if not questions:
        raise InputError("question is missing; give one or several")
    counts = _counts(request, len(questions), len(passages))
    limits.check(questions, passages)
    ends = accumulate(counts)
    return [
        Ask.of(question, passages[end - count : end])
        for question, count, end in zip(questions, counts, ends, strict=True)
    ]


def _counts(request: Any, questions: int, passages: int) -> list[int]:
    """Read how many passages each question has: one question has all."""
    tensor = pb_utils.get_input_tensor_by_name(request, PASSAGE_COUNTS)
    if tensor is None:
        if questions != 1:
            raise InputError(
                f"question must be one text, not {questions}; {PASSAGE_COUNTS} says whose passages are whose"
            )
        return [passages]
    given = tensor.as_numpy().reshape(-1)
    counts: list[int] = given[: questions + 1].tolist()
    if len(counts) != questions or min(counts, default=0) < 0 or sum(counts) != passages:
        raise InputError(
            f"{PASSAGE_COUNTS} must be one for each question, {questions}, and add up to {passages} "
            f"passages, not {counts!r:.40}"
        )
    return counts


def _options(request: Any, found: dict[str, Any], decoding: Decoding) -> Decoding:
    """Read the options off the request's parameters, found there, and its optional input."""
    if pb_utils.get_input_tensor_by_name(request, "options") is not None:
        try:
            given = json.loads("".join(texts(request, "options")))
        except (ValueError, RecursionError) as error:
            raise InputError(f"options must be a JSON object: {error}") from error
        if not isinstance(given, dict):
            raise InputError(f"options must be a JSON object, not {given!r:.40}")
        found = found | given
    if unknown := found.keys() - _DECODING:
        raise InputError(f"option {min(unknown)} is unknown; the options are {', '.join(_DECODING)}")
    return replace(decoding, **found) if found else decoding


def _column(name: str, kind: type) -> Callable[[Sequence[Answers]], Any]:
    """Give a field of each question's answers."""
    return lambda found: np.array([getattr(answers, name) for answers in found], kind)


def _answer_column(name: str, kind: type) -> Callable[[Sequence[Answers]], Any]:
    """Give a field of each answer, question after question."""
    return lambda found: np.array([getattr(answer, name) for answers in found for answer in answers], kind)


_OUTPUTS: dict[str, Callable[[Sequence[Answers]], Any]] = {
    "answers": lambda found: np.array([_json(answers) for answers in found], object),
    "text": lambda found: np.array([a.text.encode() for answers in found for a in answers], object),
    "score": _answer_column("score", np.float32),
    "start": _answer_column("start", np.int32),
    "end": _answer_column("end", np.int32),
    "passage": _answer_column("passage", np.int32),
    "no_answer": _column("no_answer", np.float32),
    "calibrated": _column("calibrated", np.bool_),
    "question_cut": _column("question_cut", np.bool_),
}


def _json(answers: Answers) -> bytes:
    return json.dumps(answers.to_dict(), ensure_ascii=False).encode()
