"""Tensors to and from a Triton elsewhere: the only room that speaks its protocols."""

from tritonqa.client.address import Address
from tritonqa.client.base import Wire
from tritonqa.client.connect import dial
from tritonqa.client.connection import Connection
from tritonqa.protocol.call import Call

__all__ = ["Address", "Call", "Connection", "Wire", "dial"]
