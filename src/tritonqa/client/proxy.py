"""An address → the proxy on the way to it, by the environment; none for this machine's own."""

from __future__ import annotations

import ipaddress
import os
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies_environment, proxy_bypass_environment  # type: ignore[attr-defined]

from tritonqa.client.address import Address
from tritonqa.errors import InputError
from tritonqa.hosts import is_loopback

_OF_GRPC = ("grpc", "https", "http")  # the order in which gRPC's own core looks


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy: variable is the one that names it, credentials are user:password or nothing."""

    url: str
    variable: str
    credentials: str = ""

    def __str__(self) -> str:
        """Write what an error may show: no credentials."""
        return f"the proxy {self.url} ({self.variable})"


def proxy_of(address: Address) -> Proxy | None:
    """Find the proxy: http_proxy or https_proxy; for gRPC grpc_proxy first.

    Loopback goes direct, and what no_proxy names: hosts, suffixes, networks as 10.0.0.0/8. Raises InputError
    for one that is no http:// address.
    """
    host = address.name or address.host
    if _is_here(host) or _is_here(address.host):
        return None
    of_grpc = address.scheme.startswith("grpc")
    given, direct = getproxies_environment(), getproxies_environment()
    direct["no"] = (of_grpc and _variable("no_grpc_proxy")) or given.get("no", "")
    name = next((name for name in (_OF_GRPC if of_grpc else (address.scheme,)) if given.get(name)), None)
    if name is None or _lies_in(host, direct["no"]):
        return None
    if proxy_bypass_environment(address.target.replace(address.host, host), direct):
        return None
    variable = f"{name}_proxy"
    text = given[name] if "://" in given[name] else f"http://{given[name]}"
    parts = urlsplit(text)
    if parts.scheme != "http" or not parts.hostname:
        raise InputError(
            f"{variable} must be an http:// address, not {parts.scheme}://{parts.hostname}; "
            f"change it, or name {host} in no_proxy to go without",
            variable,
        )
    user = ":".join(unquote(part) for part in (parts.username, parts.password) if part is not None)
    return Proxy(f"http://{parts.hostname}:{parts.port or 80}", variable, user)


def _is_here(host: str) -> bool:
    """Say whether a host is this machine's own address, which no proxy could reach."""
    return is_loopback(host) or host.endswith(".localhost")


def _lies_in(host: str, networks: str) -> bool:
    """Say whether a host is an address of one of the networks in a no_proxy, which Python doesn't read."""
    with suppress(ValueError):
        place = ipaddress.ip_address(host)
        for part in networks.split(","):
            with suppress(ValueError):
                if "/" in part and place in ipaddress.ip_network(part.strip(), strict=False):
                    return True
    return False


def _variable(name: str) -> str:
    return os.environ.get(name) or os.environ.get(name.upper()) or ""
