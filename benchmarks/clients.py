"""Ways to ask the model reader of a Triton, each as the seam that `tritonqa.bench` puts load on."""

from __future__ import annotations

import asyncio
import json
import threading
from abc import ABC, abstractmethod
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np
import tritonclient.grpc as triton_grpc
import tritonclient.grpc.aio as triton_aio
import tritonclient.http as triton_http
import urllib3

from tritonqa.answers import Answers, Calibration
from tritonqa.bench import Target
from tritonqa.client import Address
from tritonqa.progress import Step
from tritonqa.protocol.protobuf import grpc, service_pb2, service_pb2_grpc
from tritonqa.protocol.tensors import pack, texts
from tritonqa.reader.backend import Backend, StartAsk
from tritonqa.spans import Decoding
from tritonqa.text import Ask

_CONNECTIONS = 32


class Way(ABC):
    """A way to ask; answer is what differs."""

    fingerprint = ""
    lookahead = 1
    decoding = Decoding()
    calibration: Calibration | None = None

    def start(self, ask: Ask, options: Decoding, *, step: Step | None = None) -> Future[Answers]:
        """Ask and wait: the closed loop needs no more."""
        future: Future[Answers] = Future()
        future.set_result(self.answer(ask, options))
        return future

    @abstractmethod
    def answer(self, ask: Ask, options: Decoding, *, step: Step | None = None) -> Answers:
        """Answer an ask."""

    def stream(self) -> AbstractContextManager[StartAsk]:
        """Give start."""
        return nullcontext(self.start)

    def close(self) -> None:  # noqa: B027
        """Let go of the connection."""


class HttpJson(Way):
    """KServe v2 over HTTP, texts and answers as JSON."""

    def __init__(self, http: Address) -> None:
        """Take the address."""
        self._pool = urllib3.HTTPConnectionPool(http.host, http.port, maxsize=_CONNECTIONS, block=True)

    def answer(self, ask: Ask, options: Decoding, *, step: Step | None = None) -> Answers:
        """Ask."""
        fields: dict[str, Sequence[str]] = {"question": [ask.question], "passages": ask.passages}
        inputs = [
            {"name": name, "datatype": "BYTES", "shape": [len(data)], "data": data}
            for name, data in fields.items()
        ]
        body = json.dumps({"inputs": inputs, "outputs": [{"name": "answers"}]})
        found = self._pool.request("POST", "/v2/models/reader/infer", body=body.encode())
        return _answers(found.json()["outputs"][0]["data"][0])


class TritonclientHttp(Way):
    """The client library's HTTP client: JSON with binary tensors behind it."""

    def __init__(self, http: Address) -> None:
        """Take the address."""
        self._local = threading.local()
        self._url = f"{http.host}:{http.port}"

    def answer(self, ask: Ask, options: Decoding, *, step: Step | None = None) -> Answers:
        """Ask; the client is not thread-safe, so each thread has its own."""
        if not hasattr(self._local, "client"):
            self._local.client = triton_http.InferenceServerClient(self._url)
        found = self._local.client.infer("reader", _inputs(triton_http, ask))
        return _answers(found.as_numpy("answers")[0])


class TritonclientGrpc(Way):
    """The client library's gRPC client."""

    def __init__(self, address: Address) -> None:
        """Take the address."""
        self._client = triton_grpc.InferenceServerClient(address.target)

    def answer(self, ask: Ask, options: Decoding, *, step: Step | None = None) -> Answers:
        """Ask."""
        return _answers(self._client.infer("reader", _inputs(triton_grpc, ask)).as_numpy("answers")[0])


class Stub(Way):
    """The stub that protobuf generates, messages filled by hand; count questions a message."""

    def __init__(self, address: Address, count: int = 1) -> None:
        """Take the address."""
        self._stub = service_pb2_grpc.GRPCInferenceServiceStub(grpc.insecure_channel(address.target))
        self._count = count

    def answer(self, ask: Ask, options: Decoding, *, step: Step | None = None) -> Answers:
        """Ask; in a message of several, each question has a passage of its own length."""
        message = service_pb2.ModelInferRequest(model_name="reader")
        passages = [ask.passages[0] + " " * place for place in range(self._count)]
        for name, values in (("question", [ask.question] * self._count), ("passages", passages)):
            message.inputs.add(name=name, datatype="BYTES", shape=[len(values)])
            message.raw_input_contents.append(pack(texts(values)))
        if self._count > 1:
            message.inputs.add(name="passage_counts", datatype="INT32", shape=[self._count])
            message.raw_input_contents.append(np.ones(self._count, np.int32).tobytes())
        message.outputs.add(name="answers")
        raw = self._stub.ModelInfer(message).raw_output_contents[0]
        return _answers(raw[4 : 4 + int.from_bytes(raw[:4], "little")])


class Asyncio(Way):
    """The client library's asyncio client, all asks in one event loop."""

    def __init__(self, address: Address) -> None:
        """Start the loop in a thread of its own."""
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self._client: Any = None
        self._target = address.target

    def answer(self, ask: Ask, options: Decoding, *, step: Step | None = None) -> Answers:
        """Ask in the loop and wait here."""
        return asyncio.run_coroutine_threadsafe(self._ask(ask), self._loop).result()

    async def _ask(self, ask: Ask) -> Answers:
        if self._client is None:
            self._client = triton_aio.InferenceServerClient(self._target)
        found = await self._client.infer("reader", _inputs(triton_grpc, ask))
        return _answers(found.as_numpy("answers")[0])


class OneStream(Way):
    """Our client with all asks over one gRPC stream; those that wait go together."""

    def __init__(self, backend: Backend) -> None:
        """Open the stream."""
        self._block = backend.stream()
        self._start = self._block.__enter__()

    def answer(self, ask: Ask, options: Decoding, *, step: Step | None = None) -> Answers:
        """Ask."""
        return self._start(ask, options).result()

    def close(self) -> None:
        """End the stream."""
        self._block.__exit__(None, None, None)


def ways(http: Address, address: Address) -> dict[str, Backend]:
    """Return every way by its name."""
    ours = {scheme: Target(str(place)).open() for scheme, place in (("http", http), ("grpc", address))}
    return {
        "HTTP, JSON": HttpJson(http),
        "HTTP, tritonclient": TritonclientHttp(http),
        "HTTP, tritonqa": ours["http"],
        "gRPC, tritonclient": TritonclientGrpc(address),
        "gRPC, tritonclient asyncio": Asyncio(address),
        "gRPC, generated stub": Stub(address),
        "gRPC, tritonqa": ours["grpc"],
        "gRPC, tritonqa, one stream": OneStream(Target(str(address)).open()),
    }


def _inputs(library: Any, ask: Ask) -> list[Any]:
    found = []
    for name, values in (("question", [ask.question]), ("passages", ask.passages)):
        array = np.array([value.encode() for value in values], object)
        found.append(library.InferInput(name, [len(values)], "BYTES"))
        found[-1].set_data_from_numpy(array)
    return found


def _answers(text: str | bytes) -> Answers:
    return Answers.from_dict({"calibrated": False, "question_cut": False} | json.loads(text))
