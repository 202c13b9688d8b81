"""tritonqa web."""

from __future__ import annotations

import logging
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from tritonqa import tracing
from tritonqa.cli.library_options import DOCUMENTS, LIBRARY, Place, check_paths, parse_options, scope_options
from tritonqa.cli.options import as_json, reader_options
from tritonqa.cli.output import show
from tritonqa.cli.signals import ended_by_term
from tritonqa.errors import InputError, MissingExtra
from tritonqa.library.library import Library
from tritonqa.library.parse import ParseOptions
from tritonqa.library.store import Scope
from tritonqa.reader import Reader


@click.command()
@click.argument("paths", nargs=-1, type=DOCUMENTS)
@click.option(
    "--library",
    type=LIBRARY,
    help="Answer from this library, made if need be; for PATHS alone one is made that ends with the server.",
)
@reader_options
@parse_options
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=int, default=8080, show_default=True, help="0: any that is free.")
@click.option(
    "--token",
    envvar="TRITONQA_WEB_TOKEN",
    help="What callers must show; needed on an address that others reach. Also TRITONQA_WEB_TOKEN.",
)
@click.option(
    "--keys",
    type=click.Path(path_type=Path),
    help="A file of keys, any of which callers must show; each may have a rate of its own.",
)
@click.option("--add-key", metavar="NAME", help="Write a new key into --keys, show it this once, and end.")
@click.option("--rate", type=click.IntRange(1), help="With --add-key: calls a minute that it is good for.")
@scope_options("With --add-key: ")
@click.option(
    "--name",
    "names",
    multiple=True,
    metavar="HOST",
    help="A name by which others reach it, like qa.example: its own, or that of a proxy in front.",
)
@click.option(
    "--cors",
    multiple=True,
    metavar="ORIGIN",
    help="A site whose pages may ask, like https://app.example.",
)
@click.option("--open", "opens", is_flag=True, help="Open the page in a browser.")
@as_json
def web(
    paths: tuple[Path, ...],
    library: Place | None,
    load: Callable[[], Reader],
    options: ParseOptions,
    opens: bool,
    as_json: bool,
    **door: Any,
) -> None:
    """Serve the page and its API until Ctrl-C: paste a text and ask it, or ask a library of documents.

    PATHS are indexed into the library while it is already asked. Requests are noted on stderr, without what
    was asked.
    """
    try:
        from tritonqa.web import WebOptions, create_app
        from tritonqa.web.door.keys import read_keys
        from tritonqa.web.serve import serve
    except ImportError as error:
        raise MissingExtra(error.name or "starlette", "web") from error
    keys, name, rate, scope = (door.pop(one) for one in ("keys", "add_key", "rate", "scope"))
    if name is not None:
        _add_key(keys, name, rate, scope, as_json)
        return
    if scope is not None:
        raise InputError("within, kind, where, since and until say what a key may see; give --add-key NAME")
    chosen = WebOptions(**door, keys=() if keys is None else read_keys(keys))
    tracing.start("tritonqa-web")
    check_paths(paths)

    def ready(address: str) -> None:
        show({"address": address}, as_json, [f"{address}  (Ctrl-C ends it)"])
        if opens:
            webbrowser.open(address)

    _log_to_stderr()
    with ended_by_term(), load() as reader, _library(library, paths, reader, options) as opened:
        serve(create_app(reader, opened, chosen, paths=paths), chosen, ready)


def _add_key(keys: Path | None, name: str, rate: int | None, scope: Scope | None, as_json: bool) -> None:
    from tritonqa.web.door.keys import add_key

    if keys is None:
        raise InputError("keys is missing; name the file with --keys FILE", "keys")
    key = add_key(keys, name, rate, scope)
    show({"name": name, "key": key}, as_json, [f"{key}  (the key of {name}; only its hash is kept)"])


@contextmanager
def _library(
    folder: Place | None, paths: tuple[Path, ...], reader: Reader, options: ParseOptions
) -> Iterator[Library | None]:
    """Open the library that is named; one for a while where there are only paths; none without them."""
    from tritonqa.web.indexing import make

    if folder is None and not paths:
        yield None
        return
    with TemporaryDirectory(prefix="tritonqa-") as temporary:
        with Library(folder or Path(temporary) / "library", reader, options=options) as library:
            make(library)  # what is wrong with it is said before anything listens
            yield library


def _log_to_stderr() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(message)s"))
    log = logging.getLogger("tritonqa.web")
    log.addHandler(handler)
    log.setLevel(logging.INFO)
