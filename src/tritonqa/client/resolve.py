"""A host's name → the addresses of the several servers behind it."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from dataclasses import replace

from tritonqa.client.address import Address


def resolve(given: Sequence[Address]) -> tuple[Address, ...]:
    """Put in place of each name that has several addresses in DNS those addresses; others stay."""
    return tuple(each for address in given for each in _several(address) or (address,))


def expand(given: Sequence[Address]) -> tuple[Address, ...] | None:
    """Resolve names that had several addresses once; None where a name can't be looked up now.

    A name with one address left gives that one.
    """
    found: list[Address] = []
    for address in given:
        hosts = _hosts(address)
        if hosts is None:
            return None
        found += [replace(address, host=host, name=address.host) for host in hosts] or [address]
    return tuple(found)


def _several(address: Address) -> list[Address]:
    hosts = _hosts(address) or []
    return [replace(address, host=host, name=address.host) for host in hosts] if len(hosts) > 1 else []


def _hosts(address: Address) -> list[str] | None:
    """Look a name up: none for what is a number, None where the name is unknown.

    IPv4 and IPv6 of one host are the same server, so the addresses of the family that is tried first count.
    """
    try:
        ipaddress.ip_address(address.host)
    except ValueError:
        pass
    else:
        return []
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return None
    first = found[0][0]
    return sorted({str(place[0]) for family, *_, place in found if family == first})
