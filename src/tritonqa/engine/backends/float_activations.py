"""Statically quantised ONNX file → the same model with its weights alone rounded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from tritonqa.engine.protobuf import BYTES, Field, fields, written
from tritonqa.errors import EngineError

_GRAPH, _NODE = 7, 1  # of ModelProto and GraphProto (onnx.proto3)
_INPUT, _OUTPUT, _OPERATOR = 1, 2, 4  # of NodeProto


def float_activations(file: Path) -> bytes:
    """Take out the pairs that quantise an activation and give it back: what read the pair reads its input.

    A CPU without instructions for INT8 multiplies in float all the same, and half of what INT8 changes in the
    answers comes from these pairs. Raises EngineError for a model without any.
    """
    data = file.read_bytes()
    try:
        graph = next(field for field in fields(data, 0, len(data)) if field.number == _GRAPH)
        nodes = [field for field in fields(data, graph.start, graph.stop) if field.number == _NODE]
        if not (plain := _plain(data, nodes)):
            raise EngineError(f"{file.name} quantises no activations; choose int8 instead of int8-weights")
        parts = _graph(data, graph, plain)
        return data[: graph.at] + written(_GRAPH, b"".join(parts)) + data[graph.stop :]
    except (StopIteration, ValueError) as error:
        raise EngineError(f"{file.name} is no ONNX file ({error}); export the reader again") from error


def _plain(data: bytes, nodes: list[Field]) -> dict[str, str]:
    """Map what pairs give, and what lies between, to what they take."""
    found: dict[str, str] = {}
    for node in nodes:
        operator = _texts(data, node, _OPERATOR)[0]
        source, made = _texts(data, node, _INPUT), _texts(data, node, _OUTPUT)[0]
        if operator == "QuantizeLinear" or (operator == "DequantizeLinear" and source[0] in found):
            found[made] = found.get(source[0], source[0])
    return found


def _graph(data: bytes, graph: Field, plain: Mapping[str, str]) -> Iterator[bytes]:
    """Copy a graph without the pairs."""
    for field in fields(data, graph.start, graph.stop):
        if field.number != _NODE:
            yield data[field.at : field.stop]
        elif _texts(data, field, _OUTPUT)[0] not in plain:
            yield written(_NODE, b"".join(_node(data, field, plain)))


def _node(data: bytes, node: Field, plain: Mapping[str, str]) -> Iterator[bytes]:
    for field in fields(data, node.start, node.stop):
        name = data[field.start : field.stop].decode("utf-8") if field.number == _INPUT else ""
        yield written(_INPUT, plain[name].encode()) if name in plain else data[field.at : field.stop]


def _texts(data: bytes, node: Field, number: int) -> list[str]:
    return [
        data[field.start : field.stop].decode("utf-8")
        for field in fields(data, node.start, node.stop)
        if field.number == number and field.wire == BYTES
    ]
