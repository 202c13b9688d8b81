"""Many calls over one gRPC stream."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from itertools import count
from math import inf
from queue import SimpleQueue
from time import monotonic
from typing import Any, TypeAlias

from tritonqa.client.base import Joiner
from tritonqa.errors import InputError, Timeout, TritonQAError, Unavailable
from tritonqa.protocol.call import Call, Tensors
from tritonqa.protocol.error_lines import from_line
from tritonqa.protocol.grpc import request, response
from tritonqa.protocol.protobuf import grpc
from tritonqa.protocol.stream_id import new_stream, request_id

Open: TypeAlias = Callable[[Iterator[Any]], Any]
ErrorOf: TypeAlias = Callable[[Any], TritonQAError]

_PATIENCE = 2.0  # seconds that a stream may take to end
_LOOK = 0.5  # seconds between looks at the deadlines, which gRPC keeps for whole streams only


@dataclass(frozen=True, slots=True)
class InFlight:
    """A call that was sent, by its id: the future of its answer, and when that must have come."""

    number: str
    call: Call
    future: Future[Tensors]
    until: float
    joins: bool = True


class OpenStream:
    """A stream that is open: what goes out, and by its id each call that has no answer yet.

    Each call is taken out once, by whoever settles it, so no lock is needed.
    """

    def __init__(self, open: Open, joiner: Joiner | None) -> None:
        """Open the stream."""
        self._outgoing: SimpleQueue[InFlight | None] = SimpleQueue()
        self._joiner = joiner
        self._held: list[InFlight | None] = []
        self._joined: dict[str, list[InFlight]] = {}
        self._sent: dict[str, InFlight] = {}
        self.answers = open(self._messages())
        self.ended = threading.Event()

    def send(self, sent: InFlight) -> None:
        """Send a call."""
        self._sent[sent.number] = sent
        self._outgoing.put(sent)

    def settle(self, message: Any) -> None:
        """Give an answer to its calls, unless they were given up."""
        joined = self._joined.pop(message.infer_response.id, [])
        try:
            parts = self._parts(message, joined)
        except TritonQAError as error:
            self._refused(joined, error)
            return
        for sent, part in zip(joined, parts, strict=True):
            if self._sent.pop(sent.number, None) and sent.future.set_running_or_notify_cancel():
                sent.future.set_result(part)

    def fail_late(self, now: float) -> None:
        """Fail the calls that should have been answered by now."""
        for number, sent in self._sent.copy().items():
            if sent.until <= now:
                self._fail(number, Timeout("the server gave no answer in time"))

    def finish(self, number: str, call_off: Call) -> None:
        """Send nothing more, and call off what has no answer yet."""
        if self._sent:
            self._outgoing.put(InFlight(number, call_off, Future(), inf, joins=False))
        self._outgoing.put(None)

    def end(self, error: TritonQAError) -> None:
        """Fail all calls, and let go of the thread that sends."""
        self.ended.set()
        self._outgoing.put(None)
        for number in self._sent.copy():
            self._fail(number, error)

    def _messages(self) -> Iterator[Any]:
        """Write what goes out, until None comes."""
        while taken := self._take():
            calls, number = [sent.call for sent in taken], taken[0].number
            self._joined[number] = taken
            try:
                call = self._joiner.join(calls) if self._joiner and len(calls) > 1 else calls[0]
                yield request(call, number)
            except InputError as error:
                self._refused(self._joined.pop(number), error)

    def _take(self) -> list[InFlight]:
        """Wait for a call, and take with it those behind it that wait and can join; nothing after None."""
        first = self._held.pop() if self._held else self._outgoing.get()
        taken = [] if first is None else [first]
        while taken and taken[0].joins and self._joiner is not None and not self._outgoing.empty():
            other = self._outgoing.get()
            if other is None or not (other.joins and self._joiner.fits([s.call for s in taken], other.call)):
                self._held.append(other)
                break
            taken.append(other)
        return taken

    def _parts(self, message: Any, joined: Sequence[InFlight]) -> Sequence[Tensors]:
        """Read each call's own answer; raises the error that came instead."""
        if message.error_message:
            raise from_line(message.error_message)
        tensors = response(message.infer_response)
        if self._joiner is None or len(joined) < 2:
            return [tensors] * len(joined)
        return self._joiner.split(tensors, [sent.call for sent in joined])

    def _refused(self, joined: Sequence[InFlight], error: TritonQAError) -> None:
        """Fail a call; several go again alone: one may be to blame, or there is room or time for some."""
        final = len(joined) == 1 or isinstance(error, Unavailable)
        for sent in joined:
            if final:
                self._fail(sent.number, error)
            elif sent.number in self._sent and not sent.future.cancelled():
                self._outgoing.put(replace(sent, joins=False))

    def _fail(self, number: str, error: TritonQAError) -> None:
        sent = self._sent.pop(number, None)
        if sent is not None and sent.future.set_running_or_notify_cancel():
            sent.future.set_exception(error)


class GrpcStream:
    """Send calls over one ModelStreamInfer, those that wait joined; match answers by the request's id.

    A stream that breaks fails the calls on it with Unavailable; the next call opens another. gRPC can't call
    off a single one, and Triton 2.51 never lets go of answers that were ready when a stream is cancelled: so
    closing asks the model to drop what is under way, and reads to the end.
    """

    def __init__(self, open: Open, error_of: ErrorOf, call_off: Call, joiner: Joiner | None = None) -> None:
        """Take what opens a stream for requests, what maps gRPC's errors, and the call that drops the others.

        The first call opens the stream.
        """
        self._open, self._error_of, self._call_off, self._joiner = open, error_of, call_off, joiner
        self._name, self._numbers = new_stream(), count()
        self._opened: OpenStream | None = None
        self._lock = threading.Lock()
        self._closed = threading.Event()
        threading.Thread(target=self._look, name="tritonqa-deadlines", daemon=True).start()

    def infer(self, call: Call, timeout: float | None = None) -> Future[Tensors]:
        """Send a call; see Client. Raises Unavailable when the stream or its connection was closed."""
        until = monotonic() + timeout if timeout is not None else inf
        sent = InFlight(self._number(), call, Future(), until)
        with self._lock:
            if self._closed.is_set():
                raise Unavailable("the stream was closed")
            self._opened = self._opened or self._begin()
            self._opened.send(sent)
        return sent.future

    def close(self) -> None:
        """Drop what is under way, and end the stream when its last answers have come."""
        with self._lock:
            self._closed.set()
            if self._opened is not None:
                self._opened.finish(self._number(), self._call_off)

    def wait(self) -> None:
        """Wait a little until a stream that was closed has ended."""
        if (opened := self._opened) is not None:
            opened.ended.wait(_PATIENCE)

    def _number(self) -> str:
        return request_id(self._name, next(self._numbers))

    def _begin(self) -> OpenStream:
        opened = OpenStream(self._open, self._joiner)
        threading.Thread(target=self._read, args=(opened,), name="tritonqa-answers", daemon=True).start()
        return opened

    def _read(self, opened: OpenStream) -> None:
        """Give each answer to its call until the stream ends; then the next call opens another."""
        end: TritonQAError = Unavailable("the server ended the stream")
        try:
            for message in opened.answers:
                opened.settle(message)
        except grpc.RpcError as error:
            end = self._error_of(error)
            end.__cause__ = error
        with self._lock:
            if self._opened is opened:
                self._opened = None
        opened.end(end)

    def _look(self) -> None:
        """Look after the deadlines; cancel a stream that did not end in time after it was closed."""
        while not self._closed.wait(_LOOK):
            if (opened := self._opened) is not None:
                opened.fail_late(monotonic())
        if (opened := self._opened) is not None and not opened.ended.wait(_PATIENCE):
            opened.answers.cancel()
