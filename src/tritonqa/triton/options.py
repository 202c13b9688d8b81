"""How a server is run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Serving:
    """Where a server listens (port 0: any that is free), and its times in seconds."""

    host: str = "127.0.0.1"
    http_port: int = 8000
    grpc_port: int = 8001
    metrics_port: int = 8002
    start_timeout: float = 60.0
    drain_timeout: float = 30.0
