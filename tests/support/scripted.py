"""A client that a test answers: what is sent waits until the test says what came of it."""

from __future__ import annotations

from typing import Any

from tritonqa.client import Address, Client
from tritonqa.client.base import Cancel, Reply
from tritonqa.errors import TritonQAError
from tritonqa.protocol.call import Call, Tensors
from tritonqa.protocol.tensors import texts

CALL = Call("reader", {"question": texts(["Who?"])}, ("text",))
SENT: Tensors = {"text": texts(["words"])}


class Scripted(Client):
    """Keeps replies; with `answers` it answers at once, with an error in `fails` it fails with that."""

    def __init__(self, address: Address | None = None, bundle: str = "minilm 1") -> None:
        self.replies: list[Reply] = []
        self.sent: list[Call] = []
        self.cancelled = self.calls = 0
        self.answers = True
        self.fails: TritonQAError | None = None
        self.is_ready: bool | TritonQAError = True
        self.bundle = bundle
        self.closed = False

    def send(self, call: Call, reply: Reply, timeout: float | None = None) -> Cancel:
        self.calls += 1
        self.sent.append(call)
        if self.fails:
            reply(self.fails)
        elif self.answers:
            reply(SENT)
        else:
            self.replies.append(reply)
        return self._cancel

    def infer(self, call: Call, timeout: float | None = None) -> Tensors:
        return self.submit(call, timeout).result()

    def config(self, model: str) -> dict[str, Any]:
        if isinstance(self.is_ready, TritonQAError):
            raise self.is_ready
        return {"parameters": {"bundle": {"string_value": self.bundle}}}

    def version(self) -> str:
        return "2"

    def ready(self, timeout: float) -> bool:
        if isinstance(self.is_ready, TritonQAError):
            raise self.is_ready
        return self.is_ready

    def close(self) -> None:
        self.closed = True

    def _cancel(self) -> None:
        self.cancelled += 1
