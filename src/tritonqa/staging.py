"""What is written beside its place, by one process at a time, and renamed into it when it is whole."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from tritonqa.errors import InputError, OutputError


def require_other(path: Path, option: str, inputs: Iterable[Path]) -> None:
    """Raise OutputError where a file to write is one of those to read: it would be lost."""
    for file in inputs:
        with suppress(OSError):  # one of the two is not there
            if path.samefile(file):
                raise OutputError(f"{option} {path} is one of the files to read; choose another place")


@contextmanager
def one_writer(lock: Path, busy: str) -> Iterator[None]:
    """Hold a lock file meanwhile, which goes away with it; the system lets go however the process ends.

    Raises InputError, which says busy, where another process holds it; OutputError where none can be made.
    """
    from filelock import FileLock, Timeout

    held = FileLock(lock, timeout=0)
    try:
        lock.parent.stat()  # FileLock would make it
        held.acquire()
    except Timeout as error:
        raise InputError(busy) from error
    except OSError as error:
        why = error.strerror or error
        raise OutputError(f"output {lock} can't be written: {why}; choose another place") from error
    try:
        yield
    finally:
        with suppress(OSError):  # Windows removes no open file
            lock.unlink()
        held.release()


@contextmanager
def folder_beside(path: Path) -> Iterator[Path]:
    """Make a hidden folder beside a path, and remove it and what is left in it, whatever ends the block.

    Its name is known before it is made, so that a signal that comes as it is made leaves nothing either;
    tempfile's folder stays where one comes before its remover is set up. Raises OSError.
    """
    folder = path.parent / f".{path.name}-{secrets.token_hex(4)}"
    try:
        folder.mkdir(mode=0o700)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def whole_file(path: Path) -> Iterator[TextIO]:
    """Open a text file that takes its place, where a link leads, only when all is written.

    A device or a pipe is written as it is: a rename would put a file in its place. Raises OSError.
    """
    if path.exists() and not path.is_file():
        with path.open("w", encoding="utf-8") as stream:
            yield stream
        return
    place = path.resolve()
    with folder_beside(place) as folder:
        staged = folder / place.name
        with staged.open("w", encoding="utf-8") as stream:
            yield stream
        staged.replace(place)
