"""What commands write: lines on stdout, and files that are whole or not there."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import click

from tritonqa.errors import OutputError
from tritonqa.staging import require_other, whole_file

PIPE_CLOSED = 141  # 128 + SIGPIPE, what a shell sees of any filter whose reader has left


def emit(line: str) -> None:
    """Write a line to stdout at once; a reader that left (as head does) ends the command quietly.

    Raises OutputError when stdout is closed or its disk is full.
    """
    if sys.stdout is None:
        raise OutputError("stdout is closed; send the output to a file or a pipe")
    try:
        click.echo(line)
    except BrokenPipeError as error:
        _silence()
        raise click.exceptions.Exit(PIPE_CLOSED) from error
    except OSError as error:
        _silence()
        raise OutputError(f"stdout can't be written: {error.strerror}; send it to another place") from error


def show(record: Any, as_json: bool, lines: Iterable[str]) -> None:
    """Print a record as JSON on one line, or the lines that say it to people."""
    for line in [json.dumps(record, ensure_ascii=False)] if as_json else lines:
        emit(line)


@contextmanager
def whole(path: Path, option: str, inputs: Iterable[Path] = ()) -> Iterator[TextIO]:
    """Open a text file that takes its place only when all is written; a device or pipe is written as it is.

    Raises OutputError, at once where the place can't be written, or is one of the inputs.
    """
    require_other(path, option, inputs)
    try:
        with whole_file(path) as stream:
            yield stream
    except OSError as error:
        raise OutputError(
            f"{option} {path} can't be written: {error.strerror}; choose another place"
        ) from error


def writable_folder(path: Path, option: str) -> None:
    """Make a folder and try it; raises OutputError."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        raise OutputError(
            f"{option} {path} can't be written: {error.strerror}; choose another place"
        ) from error


def _silence() -> None:
    """Let what is still buffered go nowhere, so that the interpreter's last flush does not fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
