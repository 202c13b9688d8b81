"""A Triton that is started for a reader and stopped again."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from tritonqa.bench.target import OVER, Target
from tritonqa.reader.find import find_bundle
from tritonqa.triton.repository.options import Models
from tritonqa.triton.repository.write import build
from tritonqa.triton.runtime.install import install
from tritonqa.triton.server.options import Serving
from tritonqa.triton.server.server import Server

_ANY_PORT = Serving(http_port=0, grpc_port=0, metrics_port=0)


@contextmanager
def served(target: Target) -> Iterator[Target]:
    """Give a target with the address of a server that runs meanwhile, where it asks for one.

    Raises BundleError, InputError, ServerError when the server does not start.
    """
    if target.over == OVER[0]:
        yield target
        return
    with tempfile.TemporaryDirectory() as folder:
        repository = Path(folder) / "repository"
        build(
            find_bundle(target.reader), repository, Models(engine=target.engine, precision=target.precision)
        )
        with Server.start(install(), repository, _ANY_PORT) as server:
            yield replace(target, address=str(getattr(server, target.over)))
