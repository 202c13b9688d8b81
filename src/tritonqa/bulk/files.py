"""Paths and URLs → files: local ones, and whatever fsspec knows."""

from __future__ import annotations

import errno
import gzip
import json
import os
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from io import BufferedReader
from math import isfinite
from pathlib import Path
from typing import Any, BinaryIO, cast

from tritonqa.errors import InputError, MissingExtra, OutputError, TritonQAError, first_line

_STAGED = ".tmp"
_GZIP = b"\x1f\x8b"
_HIDDEN = (".", "_")
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_ROOM = "make room, and the same command goes on where it was"


def expanded(inputs: Sequence[str], output: str) -> list[str]:
    """Return the files that paths, folders and patterns name, in order.

    Of folders and patterns those are left out that lie in the output's folder, and of folders those whose
    names begin with . or _, by which other tools mark what holds no rows. Raises InputError where an input
    names none, for a file that is named twice, and for a pipe, which can't be read twice.
    """
    found: list[str] = []
    for name in inputs:
        store, path = _store(name, "input")
        try:
            named = _named(store, path)
            there = [p for p in named if not _within(store, p, output)]
            pipe = next((p for p in there if "file" in store.protocol and not store.isfile(p)), None)
        except TritonQAError:
            raise
        except Exception as error:
            raise _unreadable(name, error) from error
        if pipe is not None:
            raise InputError(f"input {pipe} is no file, and can't be read twice; write it to a file first")
        if not there:
            why = f"lies in the output's folder {output}; choose another" if named else "no such file"
            remedy = "" if named else "; name files, folders or patterns that exist"
            raise InputError(f"input {name}: {why}{remedy}")
        found += [store.unstrip_protocol(p) if "://" in name else p for p in there]
    if twice := next((p for p, times in Counter(found).items() if times > 1), None):
        raise InputError(f"input {twice} is named twice, and would be answered twice; name each file once")
    return found


def size(name: str) -> int:
    """Return a file's size in bytes; raises InputError."""
    store, path = _store(name, "input")
    try:
        return int(store.size(path) or 0)
    except Exception as error:
        raise _unreadable(name, error) from error


@contextmanager
def opened(name: str) -> Iterator[BinaryIO]:
    """Open a file to read, unpacked where it is gzip; raises InputError where it can't be."""
    store, path = _store(name, "input")
    try:
        stream = BufferedReader(store.open(path, "rb"))
    except Exception as error:
        raise _unreadable(name, error) from error
    with stream:
        start = _start(name, stream)
        packed = start.startswith(_GZIP)
        if path.endswith(".gz") and start and not packed:
            raise InputError(f"input {name} is called .gz and is no gzip file; name it for what it is")
        with gzip.open(stream) if packed else nullcontext(stream) as content:
            yield cast(BinaryIO, content)


class Folder:
    """A folder of results, here or in a store; files in it are written whole or not at all."""

    def __init__(self, name: str) -> None:
        """Make the folder; raises OutputError where it can't be written."""
        self._store, self._path = _store(name, "output")
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


def _store(name: str, what: str) -> tuple[Any, str]:
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        raise MissingExtra("fsspec", "bulk") from error
    if not name.strip():
        raise InputError(f"{what} is empty; name a path, . for this folder", what)
    try:
        store, path = url_to_fs(name)
    except Exception as error:
        raise InputError(
            f"{name} can't be opened: {_reason(error)}; name a place that can be reached"
        ) from error
    return store, path


def _named(store: Any, path: str) -> list[str]:
    """Return the files that a path names: one that is there is itself, whatever marks are in its name."""
    if store.isdir(path):
        inside = (p for p in store.ls(path, detail=False) if not store.isdir(p))
        return sorted(p for p in inside if not os.path.basename(p).startswith(_HIDDEN))
    if store.exists(path):
        return [path]
    return sorted(p for p in store.glob(path) if not store.isdir(p)) if _is_pattern(path) else []


def _within(store: Any, path: str, output: str) -> bool:
    other, folder = _store(output, "output")
    if type(other) is not type(store):
        return False
    if "file" in store.protocol:
        return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))
    return path.startswith(folder.rstrip("/") + "/")


def _start(name: str, stream: BufferedReader) -> bytes:
    try:
        return stream.peek(len(_GZIP))
    except Exception as error:
        raise _unreadable(name, error) from error


def _is_pattern(path: str) -> bool:
    return any(mark in path for mark in "*?[")


def _unreadable(name: str, error: Exception) -> InputError:
    return InputError(f"input {name} can't be read: {_reason(error)}; name a file that is there and readable")


def _reason(error: BaseException) -> str:
    return error.strerror if isinstance(error, OSError) and error.strerror else first_line(error)


def to_json(value: Any) -> str:
    """Write a value as one line of JSON.

    What JSON has no form for, such as dates, is its text; a number that is none (nan), or infinite, is null.
    """
    try:
        return json.dumps(value, ensure_ascii=False, default=str, allow_nan=False)
    except ValueError:
        return json.dumps(_finite(value), ensure_ascii=False, default=str)


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _finite(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not isfinite(value) else value
