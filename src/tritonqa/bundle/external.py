"""ONNX file → the files that its weights are read from, without the onnx library.

Only the fields on the way to TensorProto.external_data (onnx.proto3) are followed; all else is skipped.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from pathlib import Path

from tritonqa.errors import BundleError

_FIELDS: dict[str, dict[int, str]] = {
    "model": {7: "graph", 25: "function"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "function": {7: "node", 11: "attribute"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
    "tensor": {13: "entry"},
}
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


def external_data(file: Path) -> set[str]:
    """Return the locations of all tensors kept outside the file; raises BundleError where it is no ONNX."""
    if not file.stat().st_size:
        raise BundleError(f"{file.name} is damaged: it is empty; export or install the reader again")
    with file.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        try:
            return set(_locations(data, 0, len(data), "model"))
        except (IndexError, ValueError) as error:
            raise BundleError(f"{file.name} is no ONNX file ({error}); export the reader again") from error


def _locations(data: mmap.mmap, start: int, stop: int, kind: str) -> Iterator[str]:
    inside = _FIELDS[kind]
    for field, begin, end in _fields(data, start, stop):
        if field not in inside:
            continue
        if inside[field] == "entry":
            pair = {number: data[first:last] for number, first, last in _fields(data, begin, end)}
            if pair.get(1) == b"location":
                yield pair.get(2, b"").decode("utf-8", "replace")
        else:
            yield from _locations(data, begin, end, inside[field])


def _fields(data: mmap.mmap, at: int, stop: int) -> Iterator[tuple[int, int, int]]:
    """Give number, begin and end of each length-delimited field of a message."""
    while at < stop:
        tag, at = _varint(data, at, stop)
        wire = tag & 7
        if wire == _BYTES:
            size, at = _varint(data, at, stop)
            if at + size > stop:
                raise ValueError(f"a field ends after its message, at byte {at}")
            yield tag >> 3, at, at + size
            at += size
        elif wire == _VARINT:
            _, at = _varint(data, at, stop)
        elif wire in (_FIXED64, _FIXED32):
            at += 8 if wire == _FIXED64 else 4
        else:
            raise ValueError(f"wire type {wire} at byte {at}")


def _varint(data: mmap.mmap, at: int, stop: int) -> tuple[int, int]:
    value = shift = 0
    while at < stop and shift < 70:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at
    raise ValueError(f"a number does not end, at byte {at}")
