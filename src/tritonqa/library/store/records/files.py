"""The files of one generation, within a scope."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from tritonqa.library.store.base import File
from tritonqa.library.store.records.entries import Entry
from tritonqa.library.store.scope import EVERYTHING, AnyScope


class Files:
    """Entries by path and by the digest of their document."""

    def __init__(self, entries: Sequence[Entry], scope: AnyScope) -> None:
        """Take those that are in scope."""
        within = (
            one
            for one in entries
            if scope == EVERYTHING or scope.admits(one.file.path, one.kind, one.metadata)
        )
        self.by_path = {one.file.path: one for one in sorted(within, key=lambda one: str(one.file.path))}
        self.by_digest: dict[str, list[Entry]] = {}
        for one in self.by_path.values():
            if one.file.digest:
                self.by_digest.setdefault(one.file.digest, []).append(one)

    def __iter__(self) -> Iterator[Entry]:
        """Go through the entries, by path."""
        return iter(self.by_path.values())

    @property
    def documents(self) -> list[Entry]:
        """Return an entry for each document."""
        return [same[0] for same in self.by_digest.values()]

    @property
    def unreadable(self) -> int:
        """Count the files that could not be read."""
        return sum(bool(one.file.reason) for one in self)

    def notes(self) -> Iterator[tuple[File, tuple[str, ...]]]:
        """Give the files whose documents have notes, with them, by path."""
        return ((one.file, one.notes) for one in self if one.notes)

    def metas(self, paths: Collection[Path] | None) -> Iterator[tuple[File, str]]:
        """Give files, or all, with what else was kept of them."""
        for path in self.by_path if paths is None else paths:
            if one := self.by_path.get(path):
                yield one.file, one.meta
