"""A question to a library → what a terminal shows: answers with their places, or what was searched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from tritonqa.cli.display import surroundings, visible
from tritonqa.cli.library_options import Place, check_paths
from tritonqa.cli.output import emit, show
from tritonqa.errors import InputError
from tritonqa.library.answer import CitedAnswer, CitedAnswers
from tritonqa.library.document import NO_TEXT_LAYER
from tritonqa.library.index import Report
from tritonqa.library.library import Library
from tritonqa.library.parse import ParseOptions
from tritonqa.library.references import references
from tritonqa.library.references.source import NOTES, place_of
from tritonqa.library.store import Scope
from tritonqa.progress import bar
from tritonqa.reader import Reader
from tritonqa.spans import AskOptions

_TAKEN = frozenset(("top_k", "no_answer_threshold"))  # of the options of an ask


def ask_library(
    question: str,
    folder: Place,
    paths: Sequence[Path],
    parsing: ParseOptions,
    load: Callable[[], Reader],
    tell_answers: Callable[[CitedAnswers], None],
    scope: Scope | None,
    options: AskOptions,
) -> None:
    """Index paths, if any, answer at once, and make their vectors afterwards.

    The reader is loaded beside what is done until it reads; where that takes long, before: it may not load.
    """
    asked = taken(options)
    check_paths(paths)
    with ExitStack() as stack:
        reader = stack.enter_context(load()) if paths else load
        library = stack.enter_context(Library(folder, reader, options=parsing))
        if paths:
            with bar("files") as step:
                report = library.add(paths, vectors=False, step=step)
            tell(report)
        answers = library.ask(question, scope=scope, **asked)
        tell_answers(answers)
        if scope is not None and not answers.searched.files:
            held = library.searched().files
            click.echo(f"note: of the {held} files of the library none is what was to be searched", err=True)
        if paths:
            with bar("vectors") as step:
                library.embed(step=step)


def taken(options: AskOptions) -> dict[str, Any]:
    """Return the options that are given; raises InputError for one that a library does not take, by name."""
    asked: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
    if other := sorted(asked.keys() - _TAKEN):
        name = other[0].removeprefix("answerable_").replace("_", "-")
        raise InputError(f"{name} is for passages; a library takes --top-k and --no-answer-threshold")
    return asked


def show_answers(answers: CitedAnswers, as_json: bool, cite: str | None) -> None:
    """Print answers for people, as JSON, or in one of references' forms."""
    if cite:
        for line in references(answers, cite).rstrip("\n").split("\n"):
            emit(visible(line))
    else:
        show(answers.to_dict(), as_json, lines(answers))


def tell(report: Report) -> None:
    """Say on stderr what indexing could not read, of folders and within documents."""
    for path, reason in report.skipped:
        click.echo(f"skipped {visible(path)}: {reason}", err=True)
    for note in report.notes:
        click.echo(f"note: {visible(note)}", err=True)
    advise(report.notes)


def advise(notes: Iterable[str]) -> None:
    """Say on stderr how pages are read that are images, where there are some."""
    if any(note.endswith(NO_TEXT_LAYER) for note in notes):
        click.echo("note: what has no text layer is an image; tritonqa index --ocr reads it", err=True)


def lines(answers: CitedAnswers) -> Iterator[str]:
    """Give an answer with its probability, its sentence and its places; or what was searched."""
    if not answers:
        searched = answers.searched
        yield f"not in these documents (probability {answers.no_answer:.0%})"
        yield f"  searched {searched.passages} passages of {searched.files} files"
        for path in searched.unreadable:
            yield f"  could not read {visible(path)}"
    for answer in answers:
        yield from _answer(answer)


def _answer(answer: CitedAnswer) -> Iterator[str]:
    text = visible(answer.text)
    yield f"{click.style(text, bold=True)}   {answer.score:.0%}"
    start = answer.start - answer.context_start
    before, after = surroundings(answer.context, start, start + len(answer.text))
    yield f"  {visible(before)}{click.style(text, reverse=True)}{visible(after)}"
    for citation in answer.citations:
        characters = f"characters {citation.start} to {citation.end}"
        place = visible(", ".join((citation.document, *place_of(citation), characters)))
        notes = ("read from an image" if citation.ocr else "", NOTES[citation.status])
        yield "  " + "; ".join((place, *filter(None, notes)))
