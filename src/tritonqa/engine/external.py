"""ONNX file → the files that its weights are read from, without the onnx library.

Only the fields on the way to TensorProto.external_data (onnx.proto3) are followed; all else is skipped.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from pathlib import Path

from tritonqa.engine.protobuf import BYTES, fields
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
    for field in fields(data, start, stop):
        if field.number not in inside or field.wire != BYTES:
            continue
        if inside[field.number] == "entry":
            pair = {
                part.number: data[part.start : part.stop] for part in fields(data, field.start, field.stop)
            }
            if pair.get(1) == b"location":
                yield pair.get(2, b"").decode("utf-8", "replace")
        else:
            yield from _locations(data, field.start, field.stop, inside[field.number])
