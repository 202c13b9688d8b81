"""Options of the commands that work on a library."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, TypeAlias

import click

from tritonqa.errors import InputError
from tritonqa.library.parse import ParseOptions
from tritonqa.library.store import Scope
from tritonqa.library.store.haystack.place import is_haystack
from tritonqa.library.store.milvus.address import is_milvus

Place: TypeAlias = Path | str
Command: TypeAlias = Callable[..., None]


class NamedPath(click.Path):
    """A path; an empty one, as of a shell's variable that is not set, is refused: it would be this folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path."""
        if value == "":
            self.fail("is empty; give a path, . for this folder", param, ctx)
        return super().convert(value, param, ctx)


class LibraryPlace(NamedPath):
    """A folder, the address of a Milvus, or haystack:store.yaml."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Place:
        """Return an address as it is, anything else as a path."""
        return (
            value
            if is_milvus(value) or is_haystack(value)
            else Path(os.fsdecode(super().convert(value, param, ctx)))
        )


LIBRARY = LibraryPlace()
DOCUMENTS = NamedPath(path_type=Path)
library_folder = click.option(
    "--library",
    required=True,
    type=LIBRARY,
    help="The library's folder, which index makes if need be. Or milvus://HOST/COLLECTION.",
)


def check_paths(paths: Sequence[Path]) -> None:
    """Raise InputError for a path that does not exist."""
    for path in paths:
        if not os.path.lexists(path):
            raise InputError(f"path {path} does not exist; give files and folders that do", "paths")


def parse_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add --password and --ocr; the command gets options."""

    @click.option("--password", multiple=True, help="Tried on encrypted documents; repeatable.")
    @click.option("--ocr", is_flag=True, help="Read pages that have no text from their image.")
    @wraps(command)
    def wrapped(*, password: tuple[str, ...], ocr: bool, **rest: Any) -> None:
        command(options=ParseOptions(passwords=password, ocr=ocr), **rest)

    return wrapped


def scope_options(when: str = "") -> Callable[[Command], Command]:
    """Add the options that say which documents are seen; the command gets scope, None for all."""
    options = (
        ("--within", True, "PATTERN", 'documents whose path matches, like "contracts/*.pdf"; one must.'),
        ("--kind", True, "FORMAT", "documents of this format, like pdf."),
        ("--where", True, "NAME=PATTERN", "documents that say so of themselves: keyword=pump."),
        ("--since", False, "DATE", "documents of this date or after."),
        ("--until", False, "DATE", "documents of this date or before."),
    )

    def decorate(command: Command) -> Command:
        @wraps(command)
        def wrapped(**given: Any) -> None:
            within, kind, where, since, until = (given.pop(name[2:]) for name, *_ in options)
            scope = None
            if within or kind or where or since or until:
                conditions = _conditions(where)
                scope = Scope.of(within or "*", kind, where=conditions, since=since or "", until=until or "")
            command(scope=scope, **given)

        found: Command = wrapped
        for name, several, metavar, text in reversed(options):
            said = f"{when}only {text}" if when else f"Only {text}"
            repeat = f"{said[:-1]}; repeatable." if several else said
            found = click.option(name, multiple=several, metavar=metavar, help=repeat)(found)
        return found

    return decorate


def _conditions(given: Sequence[str]) -> dict[str, list[str]]:
    """Read NAME=PATTERN; of one name several, of which one must match."""
    found: dict[str, list[str]] = {}
    for one in given:
        name, equals, pattern = one.partition("=")
        if not (name.strip() and equals and pattern):
            raise InputError(f"where {one!r:.80} is not NAME=PATTERN; give one like author=Ada*")
        found.setdefault(name, []).append(pattern)
    return found
