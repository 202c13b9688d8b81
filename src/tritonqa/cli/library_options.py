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


def parse_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add --password and --ocr; the command gets options."""

    @click.option("--password", multiple=True, help="Tried on encrypted documents; repeatable.")
    @click.option("--ocr", is_flag=True, help="Read pages that have no text from their image.")
    @wraps(command)
    def wrapped(*, password: tuple[str, ...], ocr: bool, **rest: Any) -> None:
        command(options=ParseOptions(passwords=password, ocr=ocr), **rest)

    return wrapped


def scope_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say which documents are searched; the command gets scope, None for all."""

    @click.option(
        "--within",
        multiple=True,
        metavar="PATTERN",
        help='Only documents whose path matches, like "contracts/*.pdf"; repeatable: one must.',
    )
    @click.option("--kind", multiple=True, help="Only documents of this format, like pdf; repeatable.")
    @click.option(
        "--where",
        multiple=True,
        metavar="NAME=PATTERN",
        help='Only documents that say so of themselves: "author=*Lovelace*", keyword=pump; repeatable.',
    )
    @click.option("--since", metavar="DATE", default="", help="Only documents of this date or after.")
    @click.option("--until", metavar="DATE", default="", help="Only documents of this date or before.")
    @wraps(command)
    def wrapped(
        *,
        within: tuple[str, ...],
        kind: tuple[str, ...],
        where: tuple[str, ...],
        since: str,
        until: str,
        **rest: Any,
    ) -> None:
        asked = within or kind or where or since or until
        bounds = {"since": since, "until": until}
        scope = Scope.of(within or "*", kind, where=_conditions(where), **bounds) if asked else None
        command(scope=scope, **rest)

    return wrapped


def _conditions(given: Sequence[str]) -> dict[str, list[str]]:
    """Read NAME=PATTERN; of one name several, of which one must match."""
    found: dict[str, list[str]] = {}
    for one in given:
        name, equals, pattern = one.partition("=")
        if not (name.strip() and equals and pattern):
            raise InputError(f"where {one!r:.80} is not NAME=PATTERN; give one like author=Ada*")
        found.setdefault(name, []).append(pattern)
    return found
