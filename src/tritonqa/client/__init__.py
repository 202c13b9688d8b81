"""Tensors to and from a Triton elsewhere: the only room that speaks its protocols."""

from tritonqa.client.address import Address, named, parse_addresses
from tritonqa.client.base import Client
from tritonqa.client.connect import connect
from tritonqa.client.connection import Connection
from tritonqa.protocol.call import Call

__all__ = ["Address", "Call", "Connection", "Client", "connect", "named", "parse_addresses"]
