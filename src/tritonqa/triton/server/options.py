"""How a server is run."""

from __future__ import annotations

import os
import socket
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from tritonqa.checks import check_fields, number, option, path, text, whole_number
from tritonqa.client.address import Address
from tritonqa.client.pem import check_authorities, check_pair
from tritonqa.errors import InputError, ServerError
from tritonqa.hosts import reachable
from tritonqa.protocol.contract import GRPC_PORT, HTTP_PORT, METRICS_PORT

_PORTS = ("http_port", "grpc_port", "metrics_port")
_LAST_PORT = 65_535
_ANY = "0: any that is free."


@dataclass(frozen=True, slots=True)
class Serving:
    """Where a server listens (port 0: any that is free), its times in seconds.

    rate_limit is how many instances of the model logits may run at once; its configuration must say so too.
    certificate and key are PEM files that encrypt gRPC; clients is one of the authorities whose certificates
    it then asks of its clients. Triton can't encrypt HTTP, which stays on the loopback address beside them.
    """

    host: str = option("127.0.0.1", "The address to listen on.")
    http_port: int = option(HTTP_PORT, _ANY)
    grpc_port: int = option(GRPC_PORT, _ANY)
    metrics_port: int = option(METRICS_PORT, _ANY)
    start_timeout: float = 300.0
    drain_timeout: float = option(30.0, "Seconds to end asks in.", "--drain")
    grace: float = option(0.0, "Seconds before, in which readiness fails and asks are still answered.")
    rate_limit: int | None = None
    certificate: Path | None = option(
        None, "Encrypt gRPC with this PEM file; HTTP is then local.", "--tls-certificate"
    )
    key: Path | None = option(None, "The certificate's key.", "--tls-key")
    clients: Path | None = option(None, "Ask clients for certificates of these authorities.", "--tls-clients")

    def __post_init__(self) -> None:
        """Raise InputError for values out of range and for what does not go together, by name."""
        check_fields(self, text, "host")
        if "/" in self.host or self.host.startswith("unix:"):
            raise InputError(
                f"host {self.host!r:.80} is a socket's file, and Triton listens on addresses alone; leave it "
                "at 127.0.0.1, which this machine alone reaches, or let a proxy listen on the file",
                "host",
            )
        self._check_ports()
        check_fields(self, number, "start_timeout", "drain_timeout", "grace", least=0, unit="seconds")
        check_fields(self, whole_number, "rate_limit", least=1)
        check_fields(self, path, "certificate", "key", "clients")
        if (self.certificate is None) != (self.key is None):
            raise InputError("certificate and key go together; give both or neither", "certificate")
        if self.clients is not None and self.certificate is None:
            raise InputError("clients needs certificate and key; give them as well", "clients")
        if self.certificate is not None and self.key is not None:
            check_pair(self.certificate, self.key)
        if self.clients is not None:
            check_authorities("clients", self.clients)

    @property
    def http_host(self) -> str:
        """The address that HTTP listens on."""
        return self.host if self.certificate is None else "::1" if ":" in self.host else "127.0.0.1"

    @property
    def reachable(self) -> str:
        """The address at which this machine reaches the server."""
        return reachable(self.host)

    @property
    def http(self) -> Address:
        """Where this machine reaches HTTP: with a certificate on its loopback alone."""
        return Address("http", reachable(self.http_host), self.http_port)

    @property
    def grpc(self) -> Address:
        """Where this machine reaches gRPC."""
        return Address("grpcs" if self.certificate else "grpc", self.reachable, self.grpc_port)

    @property
    def metrics(self) -> Address:
        """Where this machine reaches the metrics, at /metrics."""
        return Address("http", self.reachable, self.metrics_port)

    @property
    def bracketed(self) -> str:
        """Write the host as it stands before a port: IPv6 in brackets."""
        return f"[{self.host}]" if ":" in self.host else self.host

    @property
    def any_port(self) -> bool:
        """Whether one of the ports is any that is free."""
        return 0 in (self.http_port, self.grpc_port, self.metrics_port)

    def with_ports(self) -> Serving:
        """Replace a host's name by its address, and each port 0 by one that is free now.

        Raises InputError for a host that is none of this machine's, ServerError for a port that is taken.
        """
        try:
            family, *_, address = socket.getaddrinfo(self.host, 0, type=socket.SOCK_STREAM)[0]
            host = str(address[0])
            socket.create_server((host, 0), family=family).close()
        except OSError as error:
            raise InputError(
                f"host {self.host!r} can't be listened on here: {error.strerror}", "host"
            ) from error
        with ExitStack() as held:
            found = replace(self, host=host)
            hosts = (found.http_host, host, host)
            http, grpc, metrics = (
                _port(where, family, name, getattr(self, name), held)
                for where, name in zip(hosts, _PORTS, strict=True)
            )
        return replace(found, http_port=http, grpc_port=grpc, metrics_port=metrics)

    def _check_ports(self) -> None:
        check_fields(self, whole_number, *_PORTS, least=0, most=_LAST_PORT)
        ports = {name: getattr(self, name) for name in _PORTS}
        chosen = [port for port in ports.values() if port]
        if len(chosen) > len(set(chosen)):
            raise InputError(
                f"{', '.join(ports)} must differ, not {', '.join(map(str, ports.values()))}", _PORTS[0]
            )


def _port(host: str, family: int, name: str, port: int, held: ExitStack) -> int:
    """Hold a port, or any that is free, until the others are found."""
    try:
        place = held.enter_context(socket.create_server((host, port), family=family))
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise ServerError(f"{name} {port} at {host}: {reason}; choose another, or 0 for any") from error
    return int(place.getsockname()[1])
