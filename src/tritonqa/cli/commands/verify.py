"""tritonqa verify."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

import click

from tritonqa.cli.display import visible
from tritonqa.cli.library_options import Place, library_folder
from tritonqa.cli.options import as_json
from tritonqa.cli.output import show
from tritonqa.digests import holds
from tritonqa.errors import DocumentError
from tritonqa.library.document import Document
from tritonqa.library.library import Library
from tritonqa.library.parse.decode import decode
from tritonqa.library.verify import Quotation, quotations, sentences
from tritonqa.library.verify import verify as look_for
from tritonqa.progress import bar


@click.command()
@click.argument("file", type=click.File("rb"))
@library_folder
@click.option(
    "--sentences", "claims", is_flag=True, help="Look for every sentence, not for quotations alone."
)
@click.option(
    "--min-words", type=click.IntRange(1), default=1, show_default=True, help="Leave out shorter ones."
)
@as_json
def verify(file: IO[bytes], library: Place, claims: bool, min_words: int, as_json: bool) -> None:
    """Look for each quotation of FILE (- for stdin) in a library, and say where it stands.

    Each is verified (a document says so), repaired (what it says instead, and where) or not found. Exit code
    1 where one is not verified.
    """
    try:
        text = decode(file.read())
    except DocumentError as error:
        raise DocumentError(error.reason, Path(file.name)) from error
    quoted = (sentences if claims else quotations)(text, min_words)
    known: dict[str, str] = {}
    with Library(library) as opened, bar("documents", _LONG) as step:
        total = opened.searched().files

        def documents() -> Iterator[tuple[str, Document]]:
            for done, (path, document) in enumerate(opened.documents(one.text for one in quoted), 1):
                known[path] = document.digest
                yield path, document
                step(done, max(done, total))

        found = look_for(quoted, documents())
    show({"quotations": [one.to_dict() for one in found]}, as_json, _lines(found))
    if not found:
        click.echo("note: FILE quotes nothing; --sentences looks for every sentence", err=True)
    for path in _changed(found, known):
        click.echo(f"note: {visible(path)} changed since it was indexed; index it again", err=True)
    if any(one.status != "verified" for one in found):
        raise click.exceptions.Exit(1)


_LONG = 50  # documents from which on a bar is worth it
_STYLES = {"verified": "green", "repaired": "yellow", "not_found": "red"}


def _lines(found: Sequence[Quotation]) -> Iterator[str]:
    for one in found:
        yield f"{click.style(one.status.replace('_', ' '), fg=_STYLES[one.status])}   {visible(one.text)}"
        if one.status == "repaired":
            yield f"  it says: {visible(one.found or '')}"
        if one.document:
            page = f", page {one.page}" if one.page else ""
            image = ", read from an image" * one.ocr
            yield f"  {visible(one.document)}{page}, characters {one.start} to {one.end}{image}"


def _changed(found: Sequence[Quotation], known: dict[str, str]) -> Iterator[str]:
    """Give the documents in which something was found and whose files are not what was indexed."""
    for path in dict.fromkeys(one.document for one in found if one.document):
        if not holds(Path(path), known[path]):
            yield path
