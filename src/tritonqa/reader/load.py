"""A name → an open reader."""

from __future__ import annotations

from collections.abc import Mapping
from os.path import isdir
from typing import TYPE_CHECKING, TypedDict

from tritonqa.checks import text
from tritonqa.client.address import is_address
from tritonqa.engine import open_engine
from tritonqa.engine.base import require_length
from tritonqa.errors import EngineError, InputError
from tritonqa.features import Windowing
from tritonqa.reader.backend import Backend
from tritonqa.reader.choose import choose
from tritonqa.reader.find import PACKAGED, find_bundle
from tritonqa.reader.in_process import InProcess
from tritonqa.spans import Decoding

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from tritonqa.client import Connection


class Loading(TypedDict, total=False):
    """How to load a reader; None leaves the choice to the bundle and the machine."""

    engine: str | None
    precision: str | None
    windowing: Windowing | None
    decoding: Decoding | None
    connection: Connection | None
    revision: str | None
    token: str | None


def load(name: str = PACKAGED, **options: Unpack[Loading]) -> Backend:
    """Open a reader by its name: the address of a Triton, a bundle's folder, or a model package."""
    check_options(options)
    if not is_address(name):
        revision = options.pop("revision", None)
        return load_in_process(at_revision(name, revision), **options)  # type: ignore[misc]
    given = {option: value for option, value in options.items() if value is not None}
    if given.keys() & {"engine", "precision", "windowing"}:
        raise InputError(f"engine, precision and windowing are the server's own to choose at {name}")
    if given.keys() & {"revision", "token"}:
        raise InputError(f"revision and token are for the Hub; {name} is shown connection.headers", "token")
    from tritonqa.client import parse_addresses
    from tritonqa.reader.remote import Remote

    return Remote(parse_addresses(name), **given)  # type: ignore[arg-type]


def load_in_process(
    name: str = PACKAGED,
    engine: str | None = None,
    precision: str | None = None,
    windowing: Windowing | None = None,
    decoding: Decoding | None = None,
    connection: Connection | None = None,
    token: str | None = None,
) -> InProcess:
    """Open a reader with the engine that was asked for, remembered by the doctor, or chosen by the rule.

    token is of the Hub, for a checkpoint that must be fetched from there.
    """
    if connection is not None and not is_address(engine or ""):
        raise InputError("connection goes with a reader or an engine at the address of a Triton")
    bundle = find_bundle(name, token)
    length = (windowing or bundle.manifest.windowing).max_length
    require_length(length, bundle.manifest.positions, "windowing.max_length")
    opened = open_engine(choose(bundle, engine, precision), connection)
    try:
        opened.require_reader(str(bundle.manifest))
    except EngineError:
        opened.close()
        raise
    return InProcess.of(bundle, opened, windowing, decoding)


def at_revision(name: str, revision: str | None) -> str:
    """Pin the name of a Hub's checkpoint to a revision; raises InputError for a name that is none."""
    if revision is None:
        return name
    from tritonqa.export.hub import HubName, is_hub_name

    if not is_hub_name(name) or isdir(name):
        raise InputError(
            f"revision is of a checkpoint of the Hub (owner/name), and {name!r:.80} is none; leave it out"
        )
    if HubName.parse(name).revision not in (None, revision):
        raise InputError(f"revision {revision!r:.80} is not that of {name}; give one of the two")
    return str(HubName.parse(f"{HubName.parse(name).id}@{text('revision', revision)}"))


def check_options(options: Mapping[str, object]) -> None:
    """Raise InputError that lists the options of loading a reader, for one that is none of them."""
    if unknown := options.keys() - Loading.__annotations__.keys():
        known = ", ".join(Loading.__annotations__)
        raise InputError(
            f"option {min(unknown)!r} is unknown; the options of loading a reader are {known}", min(unknown)
        )
