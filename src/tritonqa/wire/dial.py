"""Address → the wire that speaks its protocol."""

from __future__ import annotations

from tritonqa.wire.address import Address
from tritonqa.wire.base import Wire


def dial(address: Address) -> Wire:
    """Open a wire; nothing is sent before the first call. Raises MissingExtra."""
    if address.scheme.startswith("grpc"):
        from tritonqa.wire.grpc import GrpcWire

        return GrpcWire(address)
    from tritonqa.wire.http import HttpWire

    return HttpWire(address)
