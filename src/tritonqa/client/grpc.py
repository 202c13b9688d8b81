"""KServe v2 over gRPC."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from urllib.parse import quote

from tritonqa import tracing
from tritonqa.client.address import Address
from tritonqa.client.base import Cancel, Client, Joiner, Reply, Send, Silence
from tritonqa.client.connection import METADATA_TIMEOUT, Connection
from tritonqa.client.keepalive import grpc_options
from tritonqa.client.proxy import Proxy, proxy_of
from tritonqa.client.stream import GrpcStream
from tritonqa.errors import EngineError, InputError, Timeout, TritonQAError, Unavailable
from tritonqa.forks import ForkGuard
from tritonqa.protocol.call import Call, Tensors
from tritonqa.protocol.error_lines import from_line
from tritonqa.protocol.grpc import request, response
from tritonqa.protocol.protobuf import grpc, json_format, service_pb2, service_pb2_grpc

_OPTIONS = (
    ("grpc.max_receive_message_length", -1),
    ("grpc.max_send_message_length", -1),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 2000),
)


_HINTS = {
    "UNIMPLEMENTED": "; no Triton's gRPC stands there: an ingress must be told that the service speaks gRPC "
    "(HTTP/2), or write http:// for Triton's HTTP port",
    "UNAUTHENTICATED": "; give a token with connection=Connection(headers=…) or TRITONQA_TOKEN",
    "PERMISSION_DENIED": "; give a token with connection=Connection(headers=…) or TRITONQA_TOKEN",
}


class GrpcClient(Client):
    """One HTTP/2 connection that carries many calls at once."""

    def __init__(self, address: Address, connection: Connection | None = None) -> None:
        """Make the channel; it connects with the first call."""
        self._address, self._fork = address, ForkGuard()
        how = connection or Connection()
        self._patience = min(METADATA_TIMEOUT, how.timeout)
        self._headers = tuple((name.lower(), value) for name, value in how.headers.items())
        self._proxy = proxy_of(address)
        options = (*_OPTIONS, *grpc_options(how.timeout), *_named(address), *_proxied(self._proxy))
        kind = grpc.Compression.Gzip if how.compression else grpc.Compression.NoCompression
        if address.secure:
            shown = grpc.ssl_channel_credentials(how.read("ca"), how.read("key"), how.read("certificate"))
            self._channel = grpc.secure_channel(address.target, shown, options, kind)
        else:
            self._channel = grpc.insecure_channel(address.target, options, kind)
        self._streams: weakref.WeakSet[GrpcStream] = weakref.WeakSet()
        self._stub = service_pb2_grpc.GRPCInferenceServiceStub(self._channel)

    def send(self, call: Call, reply: Reply, timeout: float | None = None) -> Cancel:
        """Send a call; see Client."""
        sent = self._begin(self._stub.ModelInfer.future, request(call), timeout)
        sent.add_done_callback(lambda done: reply(self._found(done)))
        cancel: Cancel = sent.cancel
        return cancel

    def infer(self, call: Call, timeout: float | None = None) -> Tensors:
        """Send a call and wait; see Client."""
        try:
            return response(self._begin(self._stub.ModelInfer, request(call), timeout))
        except grpc.RpcError as error:
            raise self._error_of(error) from error

    @contextmanager
    def stream(self, cancel: Call, joiner: Joiner | None = None) -> Iterator[Send]:
        """Send many calls over one stream; see Client."""
        open_stream = partial(self._begin, self._stub.ModelStreamInfer)
        stream = GrpcStream(open_stream, self._error_of, cancel, joiner)
        self._streams.add(stream)
        try:
            yield stream.send
        finally:
            if self._fork.is_here:
                stream.close()

    def config(self, model: str) -> dict[str, Any]:
        """Return a model's configuration; see Client."""
        found = self._get(self._stub.ModelConfig, service_pb2.ModelConfigRequest(name=model))
        config: dict[str, Any] = json_format.MessageToDict(found.config, preserving_proto_field_name=True)
        return config

    def version(self) -> str:
        """Return the version of Triton; see Client."""
        return str(self._get(self._stub.ServerMetadata, service_pb2.ServerMetadataRequest()).version)

    def ready(self, timeout: float) -> bool:
        """Say whether the server takes calls; see Client."""
        try:
            found = self._begin(self._stub.ServerReady, service_pb2.ServerReadyRequest(), timeout)
        except grpc.RpcError as error:
            raise self._error_of(error) from error
        return bool(found.ready)

    def close(self) -> None:
        """Close the channel, when its streams have ended; calls under way fail."""
        for stream in list(self._streams):
            stream.close()
            stream.wait()
        self._channel.close()

    def _get(self, method: Callable[..., Any], asked: Any) -> Any:
        try:
            return method(asked, self._patience, self._headers)
        except grpc.RpcError as error:
            raise self._error_of(error) from error

    def _begin(self, method: Callable[..., Any], sent: Any, timeout: float | None = None) -> Any:
        try:
            return method(sent, timeout, (*self._headers, *tracing.headers().items()))
        except ValueError as error:  # gRPC's word for a channel that was closed
            raise self._was_closed() from error

    def _found(self, done: Any) -> Tensors | Exception:
        try:
            return response(done.result())
        except (grpc.RpcError, grpc.FutureCancelledError) as error:
            found = self._error_of(error)
            found.__cause__ = error
            return found
        except Exception as error:  # noqa: BLE001 - who waits for the reply must see it
            return error

    def _error_of(self, error: Any) -> TritonQAError:
        if isinstance(error, grpc.FutureCancelledError) or error.code() is grpc.StatusCode.CANCELLED:
            return self._was_closed()
        code, line = error.code(), error.details() or "no reason given"
        if code is grpc.StatusCode.DEADLINE_EXCEEDED:
            return Timeout(f"{self._address} gave no answer in time")
        if code is grpc.StatusCode.UNAVAILABLE and _is_silence(line):
            return Silence(f"{self._address} gave no answer in time: nothing came over the connection")
        if code is grpc.StatusCode.UNAVAILABLE:
            return from_line(line, partial(_unreachable, self._address, self._proxy))
        return from_line(
            line, InputError if code is grpc.StatusCode.INVALID_ARGUMENT else self._refused(code)
        )

    def _refused(self, code: Any) -> Callable[[str], TritonQAError]:
        """Say who refused, and what most likely stands in the way."""
        place = f"{self._address} (through {self._proxy})" if self._proxy else str(self._address)
        hint = _HINTS.get(code.name, "")
        return lambda line: EngineError(f"{place} answered {code.name}: {line}{hint}")

    def _was_closed(self) -> Unavailable:
        return Unavailable(f"the connection to {self._address} was closed; load the reader again")


def _named(address: Address) -> tuple[tuple[str, str], ...]:
    """Hold the server to the name that was looked up, not to the number it is dialled by."""
    if address.name is None:
        return ()
    return (("grpc.ssl_target_name_override", address.name), ("grpc.default_authority", address.name))


def _proxied(proxy: Proxy | None) -> tuple[tuple[str, str | int], ...]:
    """Go through this proxy or none: gRPC's core would look for one by itself, for loopback too."""
    if proxy is None:
        return (("grpc.enable_http_proxy", 0),)
    user = f"{quote(proxy.credentials, safe=':')}@" if proxy.credentials else ""
    return (("grpc.http_proxy", proxy.url.replace("://", f"://{user}")),)


def _is_silence(line: str) -> bool:
    """Say whether gRPC gave up a connection over which a ping was not answered."""
    return "ping timeout" in line or "keepalive" in line


def _unreachable(address: Address, proxy: Proxy | None, line: str) -> Unavailable:
    if proxy is not None:
        return Unavailable(
            f"{address} can't be reached through {proxy}: {line}; "
            f"name {address.host} in no_proxy to go direct"
        )
    closed = "Socket closed" in line
    if "handshake" in line.lower() or (address.secure and closed):  # TLS 1.3 refuses after the handshake
        return Unavailable(f"no agreement on encryption or certificates with {address}: {line}")
    if "HTTP/2" in line or closed:
        how = "closed the connection, as one does that " if closed else ""
        return Unavailable(
            f"what answers at {address} {how}does not speak gRPC; "
            f"if it is Triton's HTTP port, write http://{address.target}"
        )
    return Unavailable(f"nothing answers at {address}: {line}")
