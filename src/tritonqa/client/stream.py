"""Many calls over one gRPC stream."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from math import inf
from queue import SimpleQueue
from time import monotonic
from typing import Any, TypeAlias

from tritonqa.client.base import Cancel, Joiner, Reply
from tritonqa.errors import InputError, Timeout, TritonQAError, Unavailable
from tritonqa.protocol.call import Call, Tensors
from tritonqa.protocol.error_lines import from_line
from tritonqa.protocol.grpc import request, response
from tritonqa.protocol.protobuf import grpc
from tritonqa.protocol.stream_id import new_stream, request_id

Open: TypeAlias = Callable[[Iterator[Any]], Any]
ErrorOf: TypeAlias = Callable[[Any], TritonQAError]

_END_TIMEOUT = 2.0  # seconds that a stream may take to end
_DEADLINE_CHECK = 0.5  # seconds between looks at the deadlines; gRPC keeps one for a whole stream only


@dataclass(slots=True)
class InFlight:
    """A call that was sent, by its request's id: who is told its answer, and when that must have come.

    One that is cancelled is not sent again; gRPC can't cancel a single call of a stream.
    """

    id: str
    call: Call
    reply: Reply
    until: float
    joins: bool = True
    cancelled: bool = False

    def cancel(self) -> None:
        """Wait for no answer."""
        self.cancelled = True


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
        self._sent[sent.id] = sent
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
            if self._sent.pop(sent.id, None):
                sent.reply(part)

    def fail_late(self, now: float) -> None:
        """Fail the calls that should have been answered by now."""
        for sent in self._sent.copy().values():
            if sent.until <= now:
                self._fail(sent, Timeout("the server gave no answer in time"))

    def finish(self, id: str, cancel: Call) -> None:
        """Send nothing more, and cancel what has no answer yet."""
        if self._sent:
            self._outgoing.put(InFlight(id, cancel, lambda _: None, inf, joins=False))
        self._outgoing.put(None)

    def end(self, error: TritonQAError) -> None:
        """Fail all calls, and let go of the thread that sends."""
        self.ended.set()
        self._outgoing.put(None)
        for sent in self._sent.copy().values():
            self._fail(sent, error)

    def _messages(self) -> Iterator[Any]:
        """Write what goes out, until None comes."""
        while taken := self._take():
            calls, id = [sent.call for sent in taken], taken[0].id
            self._joined[id] = taken
            try:
                call = self._joiner.join(calls) if self._joiner and len(calls) > 1 else calls[0]
                yield request(call, id)
            except InputError as error:
                self._refused(self._joined.pop(id), error)

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
                self._fail(sent, error)
            elif sent.id in self._sent and not sent.cancelled:
                sent.joins = False
                self._outgoing.put(sent)

    def _fail(self, sent: InFlight, error: TritonQAError) -> None:
        if self._sent.pop(sent.id, None):
            sent.reply(error)


class GrpcStream:
    """Send calls over one ModelStreamInfer, those that wait joined; match answers by the request's id.

    A stream that breaks fails the calls on it with Unavailable; the next call opens another. gRPC can't
    cancel a single one, and Triton 2.51 never lets go of answers that were ready when a stream is cancelled:
    so closing asks the model to drop what is under way, and reads to the end.
    """

    def __init__(self, open: Open, error_of: ErrorOf, cancel: Call, joiner: Joiner | None = None) -> None:
        """Take what opens a stream for requests, what maps gRPC's errors, and what cancels the other calls.

        The first call opens the stream.
        """
        self._open, self._error_of, self._cancel, self._joiner = open, error_of, cancel, joiner
        self._name, self._numbers = new_stream(), count()
        self._current: OpenStream | None = None
        self._lock = threading.Lock()
        self._closed = threading.Event()
        threading.Thread(target=self._watch_deadlines, name="tritonqa-deadlines", daemon=True).start()

    def send(self, call: Call, reply: Reply, timeout: float | None = None) -> Cancel:
        """Send a call; see Client. Raises Unavailable when the stream or its connection was closed."""
        until = monotonic() + timeout if timeout is not None else inf
        sent = InFlight(self._next_id(), call, reply, until)
        with self._lock:
            if self._closed.is_set():
                raise Unavailable("the stream was closed")
            self._current = self._current or self._begin()
            self._current.send(sent)
        return sent.cancel

    def close(self) -> None:
        """Drop what is under way, and end the stream when its last answers have come."""
        with self._lock:
            self._closed.set()
            if self._current is not None:
                self._current.finish(self._next_id(), self._cancel)

    def wait(self) -> None:
        """Wait a little until a stream that was closed has ended."""
        if (opened := self._current) is not None:
            opened.ended.wait(_END_TIMEOUT)

    def _next_id(self) -> str:
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
            if self._current is opened:
                self._current = None
        opened.end(end)

    def _watch_deadlines(self) -> None:
        """Look after the deadlines; cancel a stream that did not end in time after it was closed."""
        while not self._closed.wait(_DEADLINE_CHECK):
            if (opened := self._current) is not None:
                opened.fail_late(monotonic())
        if (opened := self._current) is not None and not opened.ended.wait(_END_TIMEOUT):
            opened.answers.cancel()
