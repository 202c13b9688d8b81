"""A reader on a Triton elsewhere: strings out, answers back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import asdict, fields
from functools import partial
from typing import Any

from tritonqa.answers import Answers, Calibration
from tritonqa.client import Address, Connection, connect, named
from tritonqa.client.base import future_of
from tritonqa.errors import EngineError
from tritonqa.forks import ForkGuard
from tritonqa.progress import Step
from tritonqa.protocol import parameters
from tritonqa.protocol.call import Call, Tensors
from tritonqa.protocol.contract import (
    ANSWERS,
    CALIBRATED,
    CANCEL_STREAM,
    NO_ANSWER,
    PASSAGE_COUNTS,
    PASSAGES,
    PROTOCOL,
    QUESTION,
    QUESTION_CUT,
    READER,
)
from tritonqa.protocol.joiner import AskJoiner
from tritonqa.protocol.parameters import parameters_of
from tritonqa.protocol.tensors import texts
from tritonqa.reader.backend import StartAsk
from tritonqa.spans import Decoding
from tritonqa.text import Ask

_LOOKAHEAD = 64  # for each server
_OUTPUTS = (ANSWERS, CALIBRATED, QUESTION_CUT)
_CANCEL = Call(READER, {QUESTION: texts([""]), PASSAGES: texts([])}, (NO_ANSWER,), {CANCEL_STREAM: True})


class Remote:
    """Start asks on a server's reader; each future holds its answers."""

    def __init__(
        self,
        place: Address | Sequence[Address],
        decoding: Decoding | None = None,
        connection: Connection | None = None,
    ) -> None:
        """Connect to a server or to several, and check that their reader is one of ours.

        Raises Unavailable, EngineError where it is none, or where servers run different ones.
        """
        self._fork = ForkGuard()
        self._client = connect(place, connection)
        config = self._client.config(READER)
        self._known = parameters_of(config)
        if self._known.get(parameters.TRITONQA) != PROTOCOL:
            raise EngineError(
                f"the model {READER} at {named(place)} is not tritonqa's, or of another version"
            )
        self._served = Decoding(**json.loads(self._known[parameters.DECODING]))
        self._joiner = AskJoiner() if PASSAGE_COUNTS in (port["name"] for port in config["input"]) else None
        self.fingerprint = self._known.get(parameters.FINGERPRINT, "")
        self.decoding = decoding or self._served
        self.lookahead = _LOOKAHEAD * max(1, len(self._client.servers()))
        self.calibration = _calibration(self._known.get(parameters.CALIBRATION, "null"))

    def start(self, ask: Ask, options: Decoding, *, step: Step | None = None) -> Future[Answers]:
        """Send an ask, with the options that differ from the server's own; it tells no steps."""
        self._fork.check()
        return future_of(self._client.send, self._call(ask, options), partial(_answers, ask))

    def answer(self, ask: Ask, options: Decoding, *, step: Step | None = None) -> Answers:
        """Send an ask and wait; see start."""
        self._fork.check()
        return _answers(ask, self._client.infer(self._call(ask, options)))

    @contextmanager
    def stream(self) -> Iterator[StartAsk]:
        """Send many asks over one stream, where the protocol has streams."""
        self._fork.check()
        with self._client.stream(_CANCEL, self._joiner) as send:
            yield lambda ask, options: future_of(send, self._call(ask, options), partial(_answers, ask))

    def about(self) -> dict[str, Any]:
        """Say what answers there: the server, the reader, its options and limits; raises Unavailable."""
        return {
            "server": f"Triton {self._client.version()}",
            **({"servers": servers} if (servers := self._client.servers()) else {}),
            "reader": self._known[parameters.BUNDLE],
            "tritonqa": self._known[parameters.VERSION],
            "decoding": asdict(self._served),
            "limits": json.loads(self._known[parameters.LIMITS]),
        }

    def close(self) -> None:
        """Let go of the connection; a process that was forked since leaves it to the other."""
        if self._fork.is_here:
            self._client.close()

    def _call(self, ask: Ask, options: Decoding) -> Call:
        inputs = {QUESTION: texts([ask.question]), PASSAGES: texts(ask.passages)}
        return Call(READER, inputs, _OUTPUTS, self._changed(options))

    def _changed(self, options: Decoding) -> dict[str, Any]:
        """Return what differs from the server's own options: in most asks nothing."""
        if options == self._served:
            return {}
        served = asdict(self._served)
        return {name: value for name, value in asdict(options).items() if value != served[name]}


def _answers(ask: Ask, tensors: Tensors) -> Answers:
    older = {name: tensors[name][0] for name in (CALIBRATED, QUESTION_CUT)}  # 0.1 has them here alone
    try:
        return Answers.from_dict(older | json.loads(str(tensors[ANSWERS][0]))).of(ask)
    except (ValueError, TypeError, RecursionError) as error:  # InputError too, which would blame the ask
        raise EngineError(f"the server's answer can't be read: {error}") from error


def _calibration(text: str) -> Calibration | None:
    """Read the server's calibration; a field that only newer servers know is left out."""
    known, record = {field.name for field in fields(Calibration)}, json.loads(text)
    return record and Calibration(**{name: value for name, value in record.items() if name in known})
