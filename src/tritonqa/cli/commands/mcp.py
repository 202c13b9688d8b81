"""tritonqa mcp."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import click

from tritonqa.cli.library_options import LIBRARY, Place
from tritonqa.cli.options import reader_options
from tritonqa.errors import InputError
from tritonqa.reader import Reader


@click.command()
@click.option("--library", type=LIBRARY, help="Answer from the documents of this library.")
@reader_options
@click.option("--http", is_flag=True, help="Serve streamable HTTP at /mcp instead of stdin and stdout.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where --http listens.")
@click.option("--port", type=click.IntRange(0, 65_535), default=8765, show_default=True)
@click.option("--token", envvar="TRITONQA_WEB_TOKEN", help="What clients of --http must bear.")
def mcp(
    library: Place | None,
    http: bool,
    host: str,
    port: int,
    token: str | None,
    load: Callable[[], Reader],
) -> None:
    """Serve the Model Context Protocol: an assistant's tools ask, search and verify_quotes."""
    from tritonqa.integrations.mcp import make_server
    from tritonqa.integrations.mcp.http import serve_http
    from tritonqa.library.library import Library

    if isinstance(library, Path) and not library.is_dir():
        raise InputError(f"library {library} is not there; make it: tritonqa index PATHS --library {library}")
    with ExitStack() as opened:
        reader = opened.enter_context(load())
        documents = opened.enter_context(Library(library, reader)) if library is not None else None
        server = make_server(reader, documents)
        if http:
            click.echo(f"listening at http://{host}:{port}/mcp", err=True)
            serve_http(server, host, port, token)
        else:
            server.run("stdio")
