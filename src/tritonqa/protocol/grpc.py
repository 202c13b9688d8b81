"""Calls and answers ↔ the protobuf messages of gRPC."""

from __future__ import annotations

from typing import Any

from tritonqa.errors import EngineError, InputError
from tritonqa.protocol.call import Call, Parameter, Tensors
from tritonqa.protocol.protobuf import service_pb2
from tritonqa.protocol.tensors import datatype, pack, unpack

_FIELDS = {bool: "bool_param", int: "int64_param", float: "double_param", str: "string_param"}


def request(call: Call, number: str = "") -> Any:
    """Write a call as protobuf; number is the id that its answer will bear."""
    message = service_pb2.ModelInferRequest(model_name=call.model, id=number)
    for name, array in call.inputs.items():
        message.inputs.add(name=name, datatype=datatype(array), shape=array.shape)
        message.raw_input_contents.append(pack(array))
    for name in call.outputs:
        message.outputs.add(name=name)
    for name, value in call.parameters.items():
        try:
            setattr(message.parameters[name], _FIELDS[_kind(value)], value)
        except ValueError as error:
            raise InputError(f"{name} is too large for a server: {value}") from error
    return message


def response(message: Any) -> Tensors:
    """Read the outputs off a protobuf answer; raises EngineError when it is none of Triton's."""
    outputs, contents = message.outputs, message.raw_output_contents
    if len(outputs) != len(contents):
        raise EngineError(f"the server's answer has {len(outputs)} outputs and {len(contents)} contents")
    contents = zip(outputs, contents, strict=True)
    return {output.name: unpack(raw, output.datatype, output.shape) for output, raw in contents}


def _kind(value: Parameter) -> type:
    return next(kind for kind in _FIELDS if isinstance(value, kind))
