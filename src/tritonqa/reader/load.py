"""A name → an open reader."""

from __future__ import annotations

from importlib.metadata import entry_points
from os.path import isdir
from pathlib import Path
from typing import TypedDict

from tritonqa.bundle import Bundle, read
from tritonqa.client import Address, Connection
from tritonqa.client.address import is_address
from tritonqa.engine import Engine, open_engine
from tritonqa.engine.base import hold_length
from tritonqa.errors import BundleError, EngineError, InputError
from tritonqa.export.cache import cached
from tritonqa.export.hub import is_hub_name
from tritonqa.features import Windowing
from tritonqa.reader.backend import Backend
from tritonqa.reader.choose import choose
from tritonqa.reader.embedded import Embedded
from tritonqa.reader.remote import Remote
from tritonqa.spans import Decoding

PACKAGED = "tritonqa-minilm"


class Loading(TypedDict, total=False):
    """How to load a reader; None leaves the choice to the bundle and the machine."""

    engine: str | None
    precision: str | None
    windowing: Windowing | None
    decoding: Decoding | None
    connection: Connection | None


def find(name: str) -> Bundle:
    """Read the bundle of an installed model package, a folder, or a Hub id (owner/name[@revision]).

    What a Hub id names is exported into the user's cache when it is first asked for. Raises BundleError, and
    for a Hub id what export() raises.
    """
    for point in entry_points(group="tritonqa.models", name=name):
        return read(Path(point.load()()))
    if isdir(name):
        return read(Path(name))
    if is_hub_name(name):
        return cached(name)
    if name == PACKAGED:
        raise BundleError(f"the packaged reader is not installed; install it with: pip install {PACKAGED}")
    installed = ", ".join(sorted(entry_points(group="tritonqa.models").names)) or "none"
    raise BundleError(
        f"no reader named {name!r:.80}: no such folder, and the installed readers are: {installed}"
    )


def load(
    name: str = PACKAGED,
    engine: str | None = None,
    precision: str | None = None,
    windowing: Windowing | None = None,
    decoding: Decoding | None = None,
    connection: Connection | None = None,
) -> Backend:
    """Open a reader by its name: the address of a Triton, a bundle's folder, or a model package."""
    if not is_address(name):
        if connection is not None and not is_address(engine or ""):
            raise InputError("connection goes with a reader or an engine at the address of a Triton")
        return load_embedded(name, engine, precision, windowing, decoding, connection)
    if engine or precision or windowing:
        raise InputError(f"engine, precision and windowing are the server's own to choose at {name}")
    return Remote(Address.parse(name), decoding, connection)


def load_embedded(
    name: str = PACKAGED,
    engine: str | None = None,
    precision: str | None = None,
    windowing: Windowing | None = None,
    decoding: Decoding | None = None,
    connection: Connection | None = None,
) -> Embedded:
    """Open a reader with the engine that was asked for, remembered by the doctor, or chosen by the rule."""
    bundle = find(name)
    length = (windowing or bundle.manifest.windowing).max_length
    hold_length(length, bundle.manifest.positions, "windowing.max_length")
    opened = open_engine(choose(bundle, engine, precision), connection)
    try:
        opened.hold_reader(str(bundle.manifest))
    except EngineError:
        opened.close()
        raise
    return embed(bundle, opened, windowing, decoding)


def embed(
    bundle: Bundle,
    engine: Engine,
    windowing: Windowing | None = None,
    decoding: Decoding | None = None,
    max_waiting: int | None = None,
) -> Embedded:
    """Put a bundle's reader together on an open engine; options not given are the bundle's."""
    manifest = bundle.manifest
    return Embedded(
        bundle.tokenizer(),
        engine,
        manifest.calibration if engine.name != "toy" else None,
        windowing or manifest.windowing,
        decoding or Decoding(max_answer_tokens=manifest.max_answer_tokens),
        max_waiting,
        manifest.positions,
    )
