"""Addresses → the client that speaks their protocol."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from tritonqa.client.address import Address
from tritonqa.client.balance import BalancedClient
from tritonqa.client.base import Client
from tritonqa.client.connection import Connection
from tritonqa.client.keepalive import TRY
from tritonqa.client.resolve import expand, resolve
from tritonqa.client.retry import RetryingClient


def connect(place: Address | Sequence[Address], connection: Connection | None = None) -> Client:
    """Open a client of one server or of several; nothing is sent before the first call.

    A name that DNS gives several addresses is several servers, and one that it may give more. Raises
    MissingExtra, InputError.
    """
    how = connection or Connection.from_environment()
    addresses = [place] if isinstance(place, Address) else list(place)
    if any(address.secure for address in addresses):
        how.check_files()
    found = (expand(addresses) if how.several else None) or resolve(addresses)
    several = how.several or len(found) > 1
    open_one = partial(_open, connection=how)
    client = BalancedClient(addresses, open_one, found) if several else open_one(addresses[0])
    notices = several or addresses[0].scheme.startswith("grpc")  # by other servers, by pings
    return RetryingClient(client, how.retries, how.timeout, 1.0 if notices else TRY)


def _open(address: Address, connection: Connection) -> Client:
    if address.scheme.startswith("grpc"):
        from tritonqa.client.grpc import GrpcClient

        return GrpcClient(address, connection)
    from tritonqa.client.http import HttpClient

    return HttpClient(address, connection)
