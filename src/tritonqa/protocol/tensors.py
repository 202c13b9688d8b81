"""Arrays ↔ the raw bytes of the KServe v2 protocol, one codec for gRPC and HTTP.

Strings are BYTES tensors: object arrays of str, each text as four bytes of length and its UTF-8.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from tritonqa.errors import EngineError

Array: TypeAlias = npt.NDArray[Any]

_KINDS = {
    "BOOL": np.bool_,
    "INT32": np.int32,
    "INT64": np.int64,
    "FP16": np.float16,
    "FP32": np.float32,
}
_NAMES = {np.dtype(kind): name for name, kind in _KINDS.items()}


def texts(values: Sequence[str]) -> Array:
    """Make an array [n] of texts."""
    array = np.empty(len(values), object)
    array[:] = values
    return array


def datatype(array: Array) -> str:
    """Name the protocol's type of an array."""
    return "BYTES" if array.dtype == object else _NAMES[array.dtype]


def pack(array: Array) -> bytes:
    """Write an array as raw little-endian bytes, row by row."""
    if array.dtype != object:
        return array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
    encoded = [text.encode("utf-8") for text in array.flat]
    return b"".join(part for text in encoded for part in (struct.pack("<I", len(text)), text))


def unpack(raw: bytes | memoryview, kind: str, shape: Sequence[int]) -> Array:
    """Read what pack wrote; raises EngineError when the bytes don't make the shape."""
    try:
        if kind != "BYTES":
            return np.frombuffer(raw, np.dtype(_KINDS[kind]).newbyteorder("<")).reshape(shape)
        found, at = [], 0
        while at < len(raw):
            (length,) = struct.unpack_from("<I", raw, at)
            found.append(bytes(raw[at + 4 : at + 4 + length]).decode("utf-8"))
            at += 4 + length
        return texts(found).reshape(shape)
    except (KeyError, ValueError, struct.error) as error:
        raise EngineError(f"the server's answer can't be read: {error!r}") from error
