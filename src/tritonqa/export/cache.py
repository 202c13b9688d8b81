"""Hub id or checkpoint → its bundle in the user's cache, exported once however many processes ask."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tritonqa.bundle import Bundle, read
from tritonqa.bundle.manifest import MANIFEST
from tritonqa.errors import BundleError
from tritonqa.export.export import export
from tritonqa.export.hub import HubName
from tritonqa.folders import cache_folder
from tritonqa.progress import stages


def cached(text: str, token: str | None = None) -> Bundle:
    """Return the bundle of owner/name or owner/name@revision; the first call downloads and exports it.

    That call shows how far it is, where stderr is a terminal. Later calls read the bundle and ask no network;
    remove its folder to export it anew. Raises as export().
    """
    name = HubName.parse(text)
    home = _readers() / name.id.replace("/", "--")
    return _exported(text, home, (name.revision or "main").replace("/", "--"), token)


def cached_checkpoint(checkpoint: Path) -> Bundle:
    """Return the bundle of a checkpoint's folder, exported anew when a file has changed; as cached()."""
    place = checkpoint.resolve()
    home = _readers() / f"{place.name}--{_digest(str(place))}"
    seen = sorted((path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in place.iterdir())
    bundle = _exported(place, home, _digest(repr(seen)))
    for other in home.iterdir():
        if other.is_dir() and other != bundle.folder:
            shutil.rmtree(other, ignore_errors=True)  # of the files as they were
    return bundle


def _readers() -> Path:
    try:
        return cache_folder() / "readers"
    except OSError as error:
        raise BundleError(f"there is no cache: {error.strerror}; set XDG_CACHE_HOME") from error


def _digest(text: str) -> str:
    return hashlib.sha256(os.fsencode(text)).hexdigest()[:16]


def _exported(source: str | Path, home: Path, name: str, token: str | None = None) -> Bundle:
    folder = home / name
    if not (folder / MANIFEST).is_file():
        with _one_at_a_time(home), stages() as report:
            if not (folder / MANIFEST).is_file():
                return export(source, folder, report=report, token=token)
    return read(folder)


@contextmanager
def _one_at_a_time(home: Path) -> Iterator[None]:
    """Wait until no other process exports into this folder."""
    from filelock import FileLock

    lock = FileLock(home / ".lock")
    try:
        home.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except OSError as error:
        raise BundleError(f"the cache {home} can't be written: {error.strerror or error}") from error
    try:
        yield
    finally:
        lock.release()
