"""Calls and answers ↔ the bodies of KServe v2 over HTTP: a JSON header, then raw tensors."""

from __future__ import annotations

import json

from tritonqa.errors import EngineError
from tritonqa.protocol.call import Call, Tensors
from tritonqa.protocol.tensors import datatype, pack, unpack

HEADER = "Inference-Header-Content-Length"


def request(call: Call, timeout: float | None = None) -> tuple[int, bytes]:
    """Write a call; return the length of its JSON and the whole body.

    timeout is in seconds, after which the server need not begin: nothing tells it when an HTTP client left.
    """
    packed = {name: pack(array) for name, array in call.inputs.items()}
    inputs = [
        {
            "name": name,
            "shape": array.shape,
            "datatype": datatype(array),
            "parameters": {"binary_data_size": len(packed[name])},
        }
        for name, array in call.inputs.items()
    ]
    outputs = [{"name": name, "parameters": {"binary_data": True}} for name in call.outputs]
    until = {} if timeout is None else {"timeout": max(1, int(timeout * 1e6))}  # microseconds, as Triton's
    record = {"inputs": inputs, "outputs": outputs, "parameters": {**call.parameters, **until}}
    head = json.dumps(record).encode("utf-8")
    return len(head), b"".join((head, *packed.values()))


def response(body: bytes, header: str | None) -> Tensors:
    """Read the outputs off an answer; raises EngineError when it is none of Triton's."""
    try:
        at = int(header or "")
        outputs = json.loads(body[:at])["outputs"]
        found: Tensors = {}
        for output in outputs:
            size = int(output["parameters"]["binary_data_size"])
            found[output["name"]] = unpack(body[at : at + size], output["datatype"], output["shape"])
            at += size
        return found
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise EngineError(f"the server's answer can't be read: {error!r}") from error
