"""A name → the bundle of a reader."""

from __future__ import annotations

from importlib.metadata import entry_points
from os.path import isdir
from pathlib import Path

from tritonqa.bundle import Bundle, read
from tritonqa.client.address import without_scheme
from tritonqa.errors import BundleError, InputError

PACKAGED = "tritonqa-minilm"


def find_bundle(name: str, token: str | None = None) -> Bundle:
    """Read the bundle of an installed model package, a folder, or a Hub id (owner/name[@revision]).

    A checkpoint, a folder's or a Hub's, is exported into the user's cache when it is first asked for; token
    is for the Hub. Raises BundleError, and for a checkpoint what export() raises.
    """
    for point in entry_points(group="tritonqa.models", name=name):
        return read(Path(point.load()()))
    from tritonqa.export.cache import cached, cached_checkpoint
    from tritonqa.export.checkpoint import is_checkpoint
    from tritonqa.export.hub import is_hub_name

    if isdir(name):
        return cached_checkpoint(Path(name)) if is_checkpoint(Path(name)) else read(Path(name))
    if is_hub_name(name):
        return cached(name, token)
    if without_scheme(name):
        raise InputError(
            f"{name!r:.80} is no reader's name; if it is a Triton's address, "
            f"write grpc://{name} for its gRPC port or http://{name} for its HTTP port"
        )
    if name == PACKAGED:
        raise BundleError(f"the packaged reader is not installed; install it with: pip install {PACKAGED}")
    installed = ", ".join(sorted(entry_points(group="tritonqa.models").names)) or "none"
    raise BundleError(
        f"no reader named {name!r:.80}: no such folder, and the installed readers are: {installed}; "
        "a checkpoint of the Hub is owner/name, a Triton grpc://HOST:8001"
    )
