"""How a server is run."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tritonqa.errors import InputError


@dataclass(frozen=True, slots=True)
class Serving:
    """Where a server listens (port 0: any that is free), its times in seconds.

    rate_limit is how many instances of the encoder may run at once; its configuration must say so too.
    certificate and key are PEM files that encrypt gRPC; clients is one of the authorities whose certificates
    it then asks of its clients. Triton can't encrypt HTTP, which stays on the loopback address beside them.
    """

    host: str = "127.0.0.1"
    http_port: int = 8000
    grpc_port: int = 8001
    metrics_port: int = 8002
    start_timeout: float = 60.0
    drain_timeout: float = 30.0
    rate_limit: int | None = None
    certificate: Path | None = None
    key: Path | None = None
    clients: Path | None = None

    def __post_init__(self) -> None:
        """Raise InputError for what does not go together, by name."""
        if (self.certificate is None) != (self.key is None):
            raise InputError("certificate and key go together; give both or neither")
        if self.clients is not None and self.certificate is None:
            raise InputError("clients needs certificate and key; give them as well")
        for path in (self.certificate, self.key, self.clients):
            if path is not None and not path.is_file():
                raise InputError(f"{path} is no file; give a PEM file")

    @property
    def http_host(self) -> str:
        """The address that HTTP listens on."""
        return self.host if self.certificate is None else "::1" if ":" in self.host else "127.0.0.1"

    @property
    def reachable(self) -> str:
        """The address at which this machine reaches the server."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)

    def with_ports(self) -> Serving:
        """Replace each port 0 by one that is free now."""
        held = [socket.create_server((self.reachable, 0), family=self._family) for _ in range(3)]
        free = [place.getsockname()[1] for place in held]
        for place in held:
            place.close()
        return replace(
            self,
            http_port=self.http_port or free[0],
            grpc_port=self.grpc_port or free[1],
            metrics_port=self.metrics_port or free[2],
        )

    @property
    def _family(self) -> socket.AddressFamily:
        return socket.AF_INET6 if ":" in self.host else socket.AF_INET


@dataclass(frozen=True, slots=True)
class Limits:
    """What a server's reader takes: windows that wait, seconds an ask may wait, sizes in characters."""

    waiting: int = 1024
    seconds: float = 30.0
    question: int = 10_000
    passages: int = 1_000
    characters: int = 2_000_000

    def check(self, question: str, passages: Sequence[str]) -> None:
        """Raise InputError that names the field for what is too large."""
        if len(question) > self.question:
            raise InputError(f"question has {len(question)} characters; this server takes {self.question}")
        if len(passages) > self.passages:
            raise InputError(f"passages are {len(passages)}; this server takes {self.passages} an ask")
        if (size := sum(map(len, passages))) > self.characters:
            raise InputError(f"passages have {size} characters; this server takes {self.characters} an ask")
