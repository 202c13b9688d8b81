"""Tensors to and from a Triton elsewhere: the only room that speaks its protocols."""

from tritonqa.wire.address import Address
from tritonqa.wire.base import Call, Wire
from tritonqa.wire.connection import Connection
from tritonqa.wire.dial import dial

__all__ = ["Address", "Call", "Connection", "Wire", "dial"]
