"""Paths and URLs → files: local ones, and whatever fsspec knows."""

from __future__ import annotations

import errno
import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, BinaryIO

from tritonqa.errors import InputError, MissingExtra, OutputError

_STAGED = ".tmp"
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_ROOM = "make room, and the same command goes on where it was"


def expanded(inputs: Sequence[str]) -> list[str]:
    """Return the files that paths, folders and patterns name, in order; raises InputError for none."""
    found: list[str] = []
    for name in inputs:
        store, path = _store(name)
        try:
            if store.isdir(path):
                path = path.rstrip("/") + "/*"
            paths = sorted(p for p in store.glob(path) if not store.isdir(p)) if _is_pattern(path) else [path]
            there = [p for p in paths if store.exists(p)]
        except Exception as error:
            raise _unreadable(name, error) from error
        if not there:
            raise InputError(f"input {name}: no such file; name files, folders or patterns that exist")
        found += [store.unstrip_protocol(p) if "://" in name else p for p in there]
    return found


def size(name: str) -> int:
    """Return a file's size in bytes; raises InputError."""
    store, path = _store(name)
    try:
        return int(store.size(path) or 0)
    except Exception as error:
        raise _unreadable(name, error) from error


@contextmanager
def opened(name: str) -> Iterator[BinaryIO]:
    """Open a file to read, unpacked where its name ends in .gz; raises InputError where it can't be."""
    store, path = _store(name)
    try:
        stream = store.open(path, "rb", compression="gzip" if path.endswith(".gz") else None)
    except Exception as error:
        raise _unreadable(name, error) from error
    with stream:
        yield stream


class Folder:
    """A folder of results, here or in a store; files in it are written whole or not at all."""

    def __init__(self, name: str) -> None:
        """Make the folder; raises OutputError where it can't be written."""
        self._store, self._path = _store(name)
        self.name, self.local = name, "file" in self._store.protocol
        with self._writing(""):
            self._store.makedirs(self._path, exist_ok=True)

    def path(self, name: str) -> str:
        """Return the path of a file in the folder."""
        return f"{self._path}/{name}"

    def read(self, name: str) -> bytes | None:
        """Return a file's bytes; None where it is not there."""
        try:
            found = self._store.cat_file(self.path(name))
        except FileNotFoundError:
            return None
        except Exception as error:
            raise _unreadable(f"{self.name}/{name}", error) from error
        return bytes(found)

    def write(self, name: str, content: bytes) -> None:
        """Write a file whole: beside its place, then renamed; a store's own upload is whole as it is."""
        with self._writing(name):
            if not self.local:
                self._store.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
                self._store.pipe_file(self.path(name), content)
                return
            _write_renamed(self.path(name), content)

    def sweep(self) -> None:
        """Remove what a killed run had begun to write; nothing else may be writing."""
        for folder, _, names in os.walk(self._path) if self.local else ():
            for name in names:
                if name.startswith(".") and name.endswith(_STAGED):
                    os.unlink(os.path.join(folder, name))

    def remove(self, name: str) -> None:
        """Remove a file where it is there."""
        with self._writing(name), suppress(FileNotFoundError):
            self._store.rm_file(self.path(name))

    @contextmanager
    def _writing(self, name: str) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            place = f"{self.name}/{name}".rstrip("/")
            remedy = _ROOM if getattr(error, "errno", None) in _FULL else "choose another place"
            raise OutputError(f"output {place} can't be written: {_reason(error)}; {remedy}") from error


def _write_renamed(path: str, content: bytes) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    handle, staged = tempfile.mkstemp(prefix=".", suffix=_STAGED, dir=os.path.dirname(path))
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(staged, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(staged)
        raise


def _store(name: str) -> tuple[Any, str]:
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        raise MissingExtra("fsspec", "bulk") from error
    try:
        store, path = url_to_fs(name)
    except Exception as error:
        raise InputError(
            f"{name} can't be opened: {_reason(error)}; name a place that can be reached"
        ) from error
    return store, path


def _is_pattern(path: str) -> bool:
    return any(mark in path for mark in "*?[")


def _unreadable(name: str, error: Exception) -> InputError:
    return InputError(f"input {name} can't be read: {_reason(error)}; name a file that is there and readable")


def _reason(error: BaseException) -> str:
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return (text or type(error).__name__).splitlines()[0]


def to_json(value: Any) -> str:
    """Write a value as one line of JSON; what JSON has no form for, such as dates, as its text."""
    return json.dumps(value, ensure_ascii=False, default=str)
