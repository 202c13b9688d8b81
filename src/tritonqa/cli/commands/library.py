"""tritonqa library."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import click

from tritonqa.cli.display import visible
from tritonqa.cli.library_display import advise
from tritonqa.cli.library_options import DOCUMENTS, LIBRARY, Place, parse_options
from tritonqa.cli.options import as_json, language_option, reader_options
from tritonqa.cli.output import show
from tritonqa.datasets import load_squad
from tritonqa.datasets.rows import text_lines
from tritonqa.errors import InputError
from tritonqa.library.check import Checked
from tritonqa.library.fit import Fitted
from tritonqa.library.library import Library
from tritonqa.library.parse import ParseOptions
from tritonqa.library.status import LibraryStatus
from tritonqa.progress import bar
from tritonqa.reader import Reader

folder = click.argument("folder", metavar="DIR", type=LIBRARY)


@click.group()
def library() -> None:
    """Look into a library of documents, and look after it."""


@library.command()
@folder
@as_json
def status(folder: Place, as_json: bool) -> None:
    """Say what the library at DIR holds, and what it could not read."""
    with Library(folder) as opened:
        held = opened.status()
    show(held.to_dict(), as_json, _status_lines(held))
    advise(one.note for one in held.notes)


@library.command()
@folder
@click.argument("paths", nargs=-1, required=True, type=DOCUMENTS)
@as_json
def remove(folder: Place, paths: tuple[Path, ...], as_json: bool) -> None:
    """Forget the files and folders at PATHS; no byte of their text stays in the library at DIR."""
    with Library(folder) as opened:
        gone = opened.remove(paths)
    show({"removed": gone}, as_json, [f"removed {visible(path)}" for path in gone])
    if not gone:
        click.echo("note: nothing was removed; the library holds none of these files", err=True)


@library.command()
@folder
@as_json
def rebuild(folder: Place, as_json: bool) -> None:
    """Make anew what the library at DIR derives from its documents: words, and another encoder's vectors."""
    with Library(folder) as opened, bar("vectors") as step:
        held = opened.rebuild(step=step)
    show(held.to_dict(), as_json, _status_lines(held))


@library.command()
@folder
@click.option(
    "--asks",
    type=click.IntRange(1),
    default=100,
    show_default=True,
    help="How many, with questions drawn from the documents.",
)
@click.option("--questions", type=click.Path(path_type=Path), help="A file of questions instead, one a line.")
@parse_options
@reader_options
@as_json
def check(
    folder: Place,
    asks: int,
    questions: Path | None,
    options: ParseOptions,
    load: Callable[[], Reader],
    as_json: bool,
) -> None:
    """Ask the library at DIR, and hold every place of every answer against its file, parsed afresh.

    Ends with exit code 1 where a file has other words at a place that was shown as verified.
    """
    given = None if questions is None else text_lines(questions, "questions")
    with load() as reader, Library(folder, reader, options=options) as opened, bar("asks") as step:
        found = opened.check(asks, given, step=step)
    show(found.to_dict(), as_json, _check_lines(found))
    if found.differing:
        raise click.exceptions.Exit(1)


@library.command()
@folder
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--reset", is_flag=True, help="Weigh answers as the package does again; needs no FILE.")
@language_option
@reader_options
@as_json
def fit(
    folder: Place,
    file: Path | None,
    reset: bool,
    language: str,
    load: Callable[[], Reader],
    as_json: bool,
) -> None:
    """Fit what decides between answers, and when none is given, to the library at DIR and FILE's questions.

    FILE has questions about its documents with their answers, as `tritonqa evaluate` reads them; their
    contexts are not read. Each is asked again without the documents that hold its answer. What was fitted
    stays with the library where it is better than the package's on questions that it was not fitted on. For
    another reader than the packaged one, or documents that differ from an encyclopaedia's.
    """
    if reset:
        if file is not None:
            raise InputError("file is not read with --reset; leave out one of them")
        with Library(folder) as opened:
            gone = opened.forget_fit()
        show({"reset": gone}, as_json, ["fit forgotten" if gone else "there was no fit to forget"])
        return
    if file is None:
        raise InputError("file is missing; give questions with answers, or --reset")
    examples = load_squad(file, contexts=False).examples
    with load() as reader, Library(folder, reader) as opened, bar("questions") as step:
        found = opened.fit(examples, language=language, step=step)
    show(found.to_dict(), as_json, _fit_lines(found))


def _fit_lines(found: Fitted) -> Iterator[str]:
    yield f"{found.questions} questions of the library, {found.hidden} of it without what answers them"
    yield f"{'':12} {'packaged':>8} {'fitted':>8}"
    for name, value in found.before.items():
        yield f"{name:12} {value:8.3f} {found.after[name]:8.3f}"
    yield (
        "the library judges by this fit from now on"
        if found.kept
        else "the fit is no better on questions that it was not fitted on; the library judges as before"
    )


def _check_lines(found: Checked) -> Iterator[str]:
    yield (
        f"{found.asks} asks, {found.answers} answers at {found.places} places: "
        f"{len(found.differing)} differ from their source"
    )
    if found.changed:
        yield f"{found.changed} places are in files that changed since, and were shown as such"
    for one in found.differing:
        place = f"{visible(one['document'])}, characters {one['start']} to {one['end']}"
        yield f"  {place}: answered {visible(one['answer'])!r}, found {visible(one['found'])!r}"


def _status_lines(held: LibraryStatus) -> Iterator[str]:
    yield f"files       {held.files}"
    yield f"passages    {held.passages}"
    yield f"vectors     {held.passages - held.without_vectors} ({held.encoder or 'no encoder'})"
    if held.bytes:
        yield f"on disk     {held.bytes / 1e6:.1f} MB"
    if held.fitted_on:
        yield f"judge       fitted on {held.fitted_on} questions"
    yield f"unreadable  {len(held.unreadable)}"
    for path, reason in held.unreadable:
        yield f"  {visible(path)} {reason}"
    if held.notes:
        yield f"notes       {len(held.notes)}"
    for path, note in held.notes:
        yield f"  {visible(path)}: {visible(note)}"
