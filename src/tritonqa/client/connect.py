"""Address → the client that speaks its protocol."""

from __future__ import annotations

from tritonqa.client.address import Address
from tritonqa.client.base import Client
from tritonqa.client.connection import Connection
from tritonqa.client.retry import RetryingClient


def connect(address: Address, connection: Connection | None = None) -> Client:
    """Open a client; nothing is sent before the first call. Raises MissingExtra, InputError."""
    how = connection or Connection.from_environment()
    if address.secure:
        how.check_files()
    client = _grpc(address, how) if address.scheme.startswith("grpc") else _http(address, how)
    return RetryingClient(client, how.retries, how.timeout)


def _grpc(address: Address, connection: Connection) -> Client:
    from tritonqa.client.grpc import GrpcClient

    return GrpcClient(address, connection)


def _http(address: Address, connection: Connection) -> Client:
    from tritonqa.client.http import HttpClient

    return HttpClient(address, connection)
