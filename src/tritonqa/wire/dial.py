"""Address → the wire that speaks its protocol."""

from __future__ import annotations

from tritonqa.wire.address import Address
from tritonqa.wire.base import Wire
from tritonqa.wire.connection import Connection
from tritonqa.wire.retry import Retrying


def dial(address: Address, connection: Connection | None = None) -> Wire:
    """Open a wire; nothing is sent before the first call. Raises MissingExtra, InputError."""
    how = connection or Connection.from_environment()
    if address.secure:
        how.hold_files()
    wire = _grpc(address, how) if address.scheme.startswith("grpc") else _http(address, how)
    return Retrying(wire, how.retries, how.timeout)


def _grpc(address: Address, connection: Connection) -> Wire:
    from tritonqa.wire.grpc import GrpcWire

    return GrpcWire(address, connection)


def _http(address: Address, connection: Connection) -> Wire:
    from tritonqa.wire.http import HttpWire

    return HttpWire(address, connection)
