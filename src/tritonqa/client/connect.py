"""Address → the wire that speaks its protocol."""

from __future__ import annotations

from tritonqa.client.address import Address
from tritonqa.client.base import Wire
from tritonqa.client.connection import Connection
from tritonqa.client.retry import Retrying


def dial(address: Address, connection: Connection | None = None) -> Wire:
    """Open a wire; nothing is sent before the first call. Raises MissingExtra, InputError."""
    how = connection or Connection.from_environment()
    if address.secure:
        how.hold_files()
    wire = _grpc(address, how) if address.scheme.startswith("grpc") else _http(address, how)
    return Retrying(wire, how.retries, how.timeout)


def _grpc(address: Address, connection: Connection) -> Wire:
    from tritonqa.client.grpc import GrpcWire

    return GrpcWire(address, connection)


def _http(address: Address, connection: Connection) -> Wire:
    from tritonqa.client.http import HttpWire

    return HttpWire(address, connection)
