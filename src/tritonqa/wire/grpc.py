"""KServe v2 over gRPC."""

from __future__ import annotations

from concurrent.futures import Future
from functools import partial
from typing import Any

from tritonqa.errors import EngineError, InputError, Timeout, TritonQAError, Unavailable
from tritonqa.wire.address import Address
from tritonqa.wire.base import Call, Parameter, Tensors, Wire
from tritonqa.wire.connection import Connection
from tritonqa.wire.faults import from_line
from tritonqa.wire.protobuf import grpc, json_format, service_pb2, service_pb2_grpc
from tritonqa.wire.tensors import datatype, pack, unpack

_OPTIONS = (
    ("grpc.max_receive_message_length", -1),
    ("grpc.max_send_message_length", -1),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 2000),
)
_FIELDS = {bool: "bool_param", int: "int64_param", float: "double_param", str: "string_param"}


class GrpcWire(Wire):
    """One HTTP/2 connection that carries many calls at once."""

    def __init__(self, address: Address, connection: Connection | None = None) -> None:
        """Make the channel; it connects with the first call."""
        self._address = address
        how = connection or Connection()
        self._headers = tuple((name.lower(), value) for name, value in how.headers.items())
        kind = grpc.Compression.Gzip if how.compression else grpc.Compression.NoCompression
        if address.secure:
            shown = grpc.ssl_channel_credentials(how.read("ca"), how.read("key"), how.read("certificate"))
            self._channel = grpc.secure_channel(address.target, shown, _OPTIONS, kind)
        else:
            self._channel = grpc.insecure_channel(address.target, _OPTIONS, kind)
        self._stub = service_pb2_grpc.GRPCInferenceServiceStub(self._channel)

    def infer(self, call: Call, timeout: float | None = None) -> Future[Tensors]:
        """Send a call; see Wire."""
        under_way = self._stub.ModelInfer.future(request(call), timeout, self._headers)
        future: Future[Tensors] = Future()
        future.add_done_callback(lambda done: under_way.cancel() if done.cancelled() else None)
        under_way.add_done_callback(lambda done: self._settle(done, future))
        return future

    def config(self, model: str) -> dict[str, Any]:
        """Return a model's configuration; see Wire."""
        try:
            found = self._stub.ModelConfig(service_pb2.ModelConfigRequest(name=model), 10, self._headers)
        except grpc.RpcError as error:
            raise self._fault(error) from error
        config: dict[str, Any] = json_format.MessageToDict(found.config, preserving_proto_field_name=True)
        return config

    def close(self) -> None:
        """Close the channel; calls under way fail."""
        self._channel.close()

    def _settle(self, done: Any, future: Future[Tensors]) -> None:
        if not future.set_running_or_notify_cancel():
            return
        try:
            future.set_result(response(done.result()))
        except TritonQAError as error:
            future.set_exception(error)
        except (grpc.RpcError, grpc.FutureCancelledError) as error:
            fault = self._fault(error)
            fault.__cause__ = error
            future.set_exception(fault)

    def _fault(self, error: Any) -> TritonQAError:
        if isinstance(error, grpc.FutureCancelledError):
            return Unavailable(f"the connection to {self._address} was closed")
        code, line = error.code(), error.details() or "no reason given"
        if code is grpc.StatusCode.DEADLINE_EXCEEDED:
            return Timeout(f"{self._address} gave no answer in time")
        if code is grpc.StatusCode.UNAVAILABLE:
            return from_line(line, partial(_unreached, self._address))
        return from_line(line, InputError if code is grpc.StatusCode.INVALID_ARGUMENT else EngineError)


def _unreached(address: Address, line: str) -> Unavailable:
    return Unavailable(f"nothing answers at {address}: {line}")


def request(call: Call) -> Any:
    """Write a call as protobuf."""
    message = service_pb2.ModelInferRequest(model_name=call.model)
    for name, array in call.inputs.items():
        message.inputs.add(name=name, datatype=datatype(array), shape=array.shape)
        message.raw_input_contents.append(pack(array))
    for name in call.outputs:
        message.outputs.add(name=name)
    for name, value in call.parameters.items():
        setattr(message.parameters[name], _FIELDS[_kind(value)], value)
    return message


def response(message: Any) -> Tensors:
    """Read the outputs off a protobuf answer."""
    contents = zip(message.outputs, message.raw_output_contents, strict=True)
    return {output.name: unpack(raw, output.datatype, output.shape) for output, raw in contents}


def _kind(value: Parameter) -> type:
    return next(kind for kind in _FIELDS if isinstance(value, kind))
