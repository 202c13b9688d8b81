"""Which hosts are this machine's own, and how it reaches what listens on one."""

from __future__ import annotations

from ipaddress import ip_address

_EVERY = {"0.0.0.0": "127.0.0.1", "::": "::1"}


def is_loopback(host: str) -> bool:
    """Say whether a host, an IPv6 address in brackets or not, is this machine alone."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def reachable(host: str) -> str:
    """Return the address at which this machine reaches what listens on a host."""
    return _EVERY.get(host, host)
