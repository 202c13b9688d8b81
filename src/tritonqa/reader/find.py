"""A name → the bundle of a reader."""

from __future__ import annotations

from importlib.metadata import entry_points
from os.path import isdir
from pathlib import Path

from tritonqa.bundle import Bundle, read
from tritonqa.errors import BundleError
from tritonqa.export.cache import cached
from tritonqa.export.hub import is_hub_name

PACKAGED = "tritonqa-minilm"


def find_bundle(name: str, token: str | None = None) -> Bundle:
    """Read the bundle of an installed model package, a folder, or a Hub id (owner/name[@revision]).

    What a Hub id names is exported into the user's cache when it is first asked for; token is shown to the
    Hub, the one that was logged in with otherwise. Raises BundleError, and for a Hub id what export() raises.
    """
    for point in entry_points(group="tritonqa.models", name=name):
        return read(Path(point.load()()))
    if isdir(name):
        return read(Path(name))
    if is_hub_name(name):
        return cached(name, token)
    if name == PACKAGED:
        raise BundleError(f"the packaged reader is not installed; install it with: pip install {PACKAGED}")
    installed = ", ".join(sorted(entry_points(group="tritonqa.models").names)) or "none"
    raise BundleError(
        f"no reader named {name!r:.80}: no such folder, and the installed readers are: {installed}"
    )
