"""Triton's command line: one list of flags for the pip runtime and the container."""

from __future__ import annotations

from pathlib import Path

from tritonqa.protocol.contract import ADMIN_HEADER, LOGITS, OLD_LOGITS, RESTRICTED_APIS
from tritonqa.protocol.parameters import RATE_LIMIT
from tritonqa.triton.repository.schema import read_parameters
from tritonqa.triton.server.options import Serving

# Triton pings clients that are quiet, which keeps the line open and finds those that are gone, and lets
# them ping as often as ours do.
_KEEPALIVE = (
    "--grpc-keepalive-time=30000",
    "--grpc-keepalive-timeout=20000",
    "--grpc-keepalive-permit-without-calls=true",
    "--grpc-http2-max-pings-without-data=0",
    "--grpc-http2-min-recv-ping-interval-without-data=500",
)


def serving_arguments(
    repository: Path, secret: str, exit_timeout: int, rate_limit: int | None = None
) -> list[str]:
    """Serve all models of a repository, as they are configured; what manages the server asks for its secret.

    exit_timeout is in seconds; rate_limit is what the repository says where it is not given.
    """
    restricted = f"{RESTRICTED_APIS}:{ADMIN_HEADER}={secret}"
    return [
        f"--model-repository={repository}",
        "--model-control-mode=explicit",
        "--load-model=*",
        "--disable-auto-complete-config",
        f"--http-restricted-api={restricted}",
        f"--grpc-restricted-protocol={restricted}",
        f"--exit-timeout-secs={exit_timeout}",
        *_KEEPALIVE,
        *_rate_limit(repository, rate_limit),
    ]


def listening_arguments(serving: Serving) -> list[str]:
    """Say where a server listens, and how gRPC is encrypted."""
    return [
        f"--http-address={_bound(serving.http_host)}",
        f"--http-port={serving.http_port}",
        f"--grpc-address={serving.bracketed}",
        f"--grpc-port={serving.grpc_port}",
        f"--metrics-address={_bound(serving.host)}",
        f"--metrics-port={serving.metrics_port}",
        *_encryption(serving),
    ]


def _rate_limit(repository: Path, given: int | None) -> list[str]:
    """Hand out what a repository's instances need to run: Triton takes it on its command line alone."""
    model = OLD_LOGITS if (repository / OLD_LOGITS).is_dir() else LOGITS
    limit = given or read_parameters(repository / model / "config.pbtxt").get(RATE_LIMIT)
    return ["--rate-limit=execution_count", f"--rate-limit-resource={model}:{limit}"] if limit else []


def _encryption(serving: Serving) -> list[str]:
    if serving.certificate is None:
        return []
    known = [f"--grpc-root-cert={serving.clients}"] if serving.clients else []
    return [
        f"--grpc-use-ssl{'-mutual' if serving.clients else ''}=true",
        f"--grpc-server-cert={serving.certificate}",
        f"--grpc-server-key={serving.key}",
        *known,
    ]


def _bound(host: str) -> str:
    """Write an address as Triton's HTTP library takes it."""
    return f"ipv6:{host}" if ":" in host else host
