"""Paths and folders → the files in them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from tritonqa.errors import InputError
from tritonqa.library.index.report import Skipped

_HIDDEN = (".", "~$")
_AWAY = "is in iCloud and not on this disk; download it first"


def absolute(paths: object) -> list[Path]:
    """Return paths as absolute ones, the user's home put in for ~; raises InputError for what is no path."""
    if isinstance(paths, str | os.PathLike):
        paths = [paths]
    if not isinstance(paths, Iterable):
        raise InputError(f"paths must be a path or a list of paths, not {type(paths).__name__}")
    found = []
    for i, path in enumerate(paths):
        if not isinstance(path, str | os.PathLike) or isinstance(os.fspath(path), bytes):
            raise InputError(f"paths[{i}] must be text or a path, not {type(path).__name__}")
        if not os.fspath(path):
            raise InputError(f"paths[{i}] is empty; give a file or a folder, . for this one")
        found.append(Path(os.path.abspath(Path(path).expanduser())))
    return found


def walk(roots: Iterable[Path], leave_out: Path | None) -> Iterator[Path | Skipped]:
    """Give the files under folders, and files named themselves, in order of their names, each once.

    Hidden files and folders are passed over unless named, and so are Office's marks of an open document
    ("~$report.docx") and the library's own folder. Links are followed; a folder is entered once, so that a
    loop ends, and a link to itself is given as a file.
    """
    given: set[Path] = set()
    entered: set[object] = set()
    own = None if leave_out is None else os.path.realpath(leave_out)
    for root in roots:
        for path in _under(root, own, entered) if os.path.isdir(root) else [root]:
            if isinstance(path, Skipped) or path not in given:
                if isinstance(path, Path):
                    given.add(path)
                yield path


def _under(folder: Path, own: str | None, entered: set[object]) -> Iterator[Path | Skipped]:
    try:
        known, place = folder.stat(), os.path.realpath(folder)
        mark = (known.st_dev, known.st_ino) if known.st_ino else place  # some drives number no files
        if mark in entered or place == own:
            return
        entered.add(mark)
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield Skipped(str(folder), f"can't be entered: {(error.strerror or str(error)).lower()}")
        return
    for entry in entries:
        if entry.name.startswith(_HIDDEN):
            if entry.name.endswith(".icloud"):
                yield Skipped(str(folder / entry.name[1:].removesuffix(".icloud")), _AWAY)
            continue
        if os.path.isdir(entry):
            yield from _under(folder / entry.name, own, entered)
        else:
            yield folder / entry.name
