"""grpc://host:8001 → Address; several with commas between."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from tritonqa.errors import InputError
from tritonqa.protocol.contract import GRPC_PORT, HTTP_PORT

_HOST_AND_PORT = re.compile(
    r"(([\w-]+\.)*[\w-]+|\[[0-9a-fA-F:]+\]):\d{1,5}(/[\w./-]*)?|localhost|(\d{1,3}\.){3}\d{1,3}|\[[0-9a-fA-F:]+\]"
)
PORTS = {"grpc": GRPC_PORT, "grpcs": GRPC_PORT, "http": HTTP_PORT, "https": 443}


@dataclass(frozen=True, slots=True)
class Address:
    """Where a Triton answers: scheme grpc, grpcs, http or https; path is a prefix on HTTP alone.

    name is the host's where host is one of its several addresses: what its certificate must say.
    """

    scheme: str
    host: str
    port: int
    path: str = ""
    name: str | None = None

    @property
    def secure(self) -> bool:
        """Whether the connection is encrypted."""
        return self.scheme in ("grpcs", "https")

    @property
    def target(self) -> str:
        """Write host and port, IPv6 in brackets."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    def __str__(self) -> str:
        """Write the address as it is given."""
        return f"{self.scheme}://{self.target}{self.path}"

    @classmethod
    def parse(cls, url: str) -> Address:
        """Read a URL; raises InputError that says what is wrong with it."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise InputError(f"{url!r} is no address of a Triton: {error}") from error
        if parts.scheme not in PORTS or not parts.hostname:
            raise InputError(f"{url!r} is no address of a Triton; write grpc://host:8001 or http://host:8000")
        if port == 0 or not parts.hostname.isprintable() or " " in parts.hostname:
            raise InputError(f"{url!r} is no address of a Triton: it names no host or port")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise InputError(f"write {parts.scheme}://{parts.hostname} without user, query or fragment")
        path = parts.path.rstrip("/")
        if path and parts.scheme.startswith("grpc"):
            raise InputError(f"{url!r}: gRPC takes no path; write {parts.scheme}://host:port")
        return cls(parts.scheme, parts.hostname, port or PORTS[parts.scheme], path)


def parse_addresses(url: str) -> tuple[Address, ...]:
    """Read the addresses of one Triton or several: grpc://a:8001,b:8001; raises InputError.

    What follows a comma has the scheme before it, unless it names its own.
    """
    scheme, found = "", list[Address]()
    for part in url.split(","):
        own, separator, rest = part.strip().rpartition("://")
        scheme = own if separator else scheme
        if not rest:
            raise InputError(f"{url!r:.200} has a comma without an address beside it; leave it away")
        address = Address.parse(f"{scheme}://{rest}")
        if address in found:
            raise InputError(f"{url!r:.200} names {address} twice; name each server once")
        found.append(address)
    return tuple(found)


def named(place: Address | Sequence[Address]) -> str:
    """Write one address or several, as they may be given."""
    return ",".join(map(str, [place] if isinstance(place, Address) else place))


def without_scheme(name: str) -> bool:
    """Say whether a name looks like an address without its scheme: localhost:8001, 10.0.0.7, [::1]."""
    return bool(_HOST_AND_PORT.fullmatch(name))


def is_address(name: str) -> bool:
    """Say whether a reader's or an engine's name is an address of a Triton."""
    return name.partition("://")[0].lower() in PORTS
