"""Bytes of a protobuf message → its fields, and back, without the protobuf library."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

Buffer: TypeAlias = bytes | mmap.mmap

BYTES = 2
_VARINT, _FIXED64, _FIXED32 = 0, 1, 5


@dataclass(frozen=True, slots=True)
class Field:
    """A field by number and wire type: it begins at `at` with its tag, its value lies from start to stop."""

    number: int
    wire: int
    at: int
    start: int
    stop: int


def fields(data: Buffer, at: int, stop: int) -> Iterator[Field]:
    """Give the fields of the message that lies from at to stop; raises ValueError where it is none."""
    while at < stop:
        begun = at
        tag, at = _varint(data, at, stop)
        wire, end = tag & 7, at
        if wire == BYTES:
            size, at = _varint(data, at, stop)
            end = at + size
        elif wire == _VARINT:
            _, end = _varint(data, at, stop)
        elif wire in (_FIXED64, _FIXED32):
            end = at + (8 if wire == _FIXED64 else 4)
        else:
            raise ValueError(f"wire type {wire} at byte {at}")
        if end > stop:
            raise ValueError(f"a field ends after its message, at byte {at}")
        yield Field(tag >> 3, wire, begun, at, end)
        at = end


def written(number: int, value: bytes) -> bytes:
    """Write a field of bytes, text or a message."""
    return _number(number << 3 | BYTES) + _number(len(value)) + value


def _number(value: int) -> bytes:
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    return bytes(found) + bytes((value,))


def _varint(data: Buffer, at: int, stop: int) -> tuple[int, int]:
    value = shift = 0
    while at < stop and shift < 70:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at
    raise ValueError(f"a number does not end, at byte {at}")
