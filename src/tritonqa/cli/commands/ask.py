"""tritonqa ask."""

from __future__ import annotations

import json
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Unpack

import click

from tritonqa.cli.display import lines
from tritonqa.cli.library_display import ask_library, show_answers
from tritonqa.cli.library_options import DOCUMENTS, LIBRARY, Place, scope_options
from tritonqa.cli.options import answer_options, as_json, reader_options, top_k
from tritonqa.cli.output import emit, show
from tritonqa.datasets import batch_file as batches
from tritonqa.errors import InputError
from tritonqa.library.parse import ParseOptions
from tritonqa.library.references import FORMATS
from tritonqa.library.store import Scope
from tritonqa.progress import bar
from tritonqa.reader import Reader
from tritonqa.spans import AskOptions
from tritonqa.text import Row

_LONG = 50  # windows of a single ask from which on a bar is worth it


@click.command()
@click.argument("question", required=False)
@click.argument("paths", nargs=-1, type=DOCUMENTS)
@click.option(
    "--context",
    "-c",
    multiple=True,
    help="A passage: TEXT, @FILE, or - for stdin; @@… is a text that begins with @. Repeatable.",
)
@click.option(
    "--batch",
    type=click.Path(path_type=Path),
    help='Asks instead of one: JSON lines of {"question", "passages"}, or - for stdin.',
)
@click.option(
    "--library",
    type=LIBRARY,
    help="Answer from this library; PATHS, if any, are indexed into it first.",
)
@click.option("--password", multiple=True, help="Tried on encrypted documents of PATHS; repeatable.")
@click.option(
    "--cite",
    type=click.Choice(tuple(FORMATS)),
    help="Write the library's answers as quotations with their sources, or as entries of a bibliography.",
)
@scope_options()
@reader_options
@top_k
@answer_options
@as_json
def ask(
    question: str | None,
    paths: tuple[Path, ...],
    context: tuple[str, ...],
    batch: Path | None,
    library: Place | None,
    password: tuple[str, ...],
    cite: str | None,
    scope: Scope | None,
    as_json: bool,
    load: Callable[[], Reader],
    **options: Unpack[AskOptions],
) -> None:
    """Answer QUESTION from passages, from a library of documents, or many asks from a file of JSON lines.

    A batch is answered in order, one JSON object a line, with the other keys of its ask; a line may have
    options of its own: {"question", "passages", "options": {"top_k": 3}}. It is read ahead of its answers:
    a program that needs one before it writes the next ask takes tritonqa serve, or the Python API.
    """
    if (batch is None) == (question is None):
        raise InputError("give either a QUESTION with --context or --library, or --batch FILE")
    if library is not None:
        if context or batch is not None:
            raise InputError("library goes with a QUESTION alone; give no --context and no --batch")
        if cite and as_json:
            raise InputError("cite and json are two forms of one output; give one of them")
        parsing = ParseOptions(passwords=password)
        tell = partial(show_answers, as_json=as_json, cite=cite)
        ask_library(question or "", library, paths, parsing, load, tell, scope, options)
    elif cite:
        raise InputError("cite names documents, which a text has not; give --library DIR")
    elif scope is not None:
        raise InputError("within, kind, where, since and until choose documents; give --library DIR")
    elif paths:
        raise InputError("paths need a library; give --library DIR, or a text with --context @FILE")
    elif batch is None:
        _answer(load, question or "", context, as_json, options)
    elif context:
        raise InputError("context is for a QUESTION; each line of a batch has its own passages")
    else:
        with load() as reader:
            _answer_batch(reader, batch, options)


def _answer(
    load: Callable[[], Reader], question: str, context: Sequence[str], as_json: bool, options: AskOptions
) -> None:
    if not context:
        raise InputError(
            "context is missing; give --context TEXT, --context @FILE, --context - or --library DIR"
        )
    if context.count("-") > 1:
        raise InputError("context - is given twice; stdin can be read only once")
    passages = [_read(value) for value in context]
    with load() as reader, bar("windows", _LONG) as step:
        answers = reader.ask(question, passages, step=step, **options)
    show(answers.to_dict(), as_json, lines(answers, passages))
    if answers.question_cut:
        _note("the question was longer than the reader takes; its end was not read")


def _answer_batch(reader: Reader, path: Path, options: AskOptions) -> None:
    under_way: deque[batches.Line] = deque()
    cut: list[int] = []

    def rows() -> Iterator[Row]:
        for line in batches.asks(path):
            under_way.append(line)
            yield line.ask.question, line.ask.sources or line.ask.passages, line.options

    total = batches.count(path)
    with bar("asks", hidden=sys.stdout is not None and sys.stdout.isatty()) as step:
        for done, answers in enumerate(reader.ask_many(rows(), **options), 1):
            line = under_way.popleft()
            emit(json.dumps({**line.carried, **answers.to_dict()}, ensure_ascii=False))
            if answers.question_cut:
                cut.append(line.number)
            step(done, total)
    if cut:
        lines = ", ".join(map(str, cut[:10])) + (", …" if len(cut) > 10 else "")
        _note(f"questions longer than the reader takes, their end not read: {len(cut)} (lines {lines})")


def _read(value: str) -> str:
    """Return the text of a --context, each character as it is in the file: offsets count them."""
    try:
        if value == "-":
            if sys.stdin is None:
                raise InputError("context - can't be read: stdin is closed")
            return sys.stdin.buffer.read().decode("utf-8")
        if value.startswith("@@"):
            return value[1:]
        return Path(value[1:]).read_bytes().decode("utf-8") if value.startswith("@") else value
    except OSError as error:
        raise InputError(
            f"context {value} can't be read: {error.strerror}; give a text file; @@ begins a text with @"
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(
            f"context {value} is not UTF-8 at byte {error.start}; give a UTF-8 text file"
        ) from error


def _note(text: str) -> None:
    click.echo(f"note: {text}", err=True)
