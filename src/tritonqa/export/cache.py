"""Hub id → its bundle in the user's cache, exported once however many processes ask."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tritonqa.bundle import Bundle, read
from tritonqa.bundle.manifest import MANIFEST
from tritonqa.errors import BundleError, MissingExtra
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
    try:
        home = cache_folder() / "readers" / name.id.replace("/", "--")
    except OSError as error:
        raise BundleError(f"there is no cache for {text}: {error.strerror}; set XDG_CACHE_HOME") from error
    folder = home / (name.revision or "main").replace("/", "--")
    if not (folder / MANIFEST).is_file():
        with _one_at_a_time(home), stages() as report:
            if not (folder / MANIFEST).is_file():
                return export(text, folder, report=report, token=token)
    return read(folder)


@contextmanager
def _one_at_a_time(home: Path) -> Iterator[None]:
    """Wait until no other process exports into this folder."""
    try:
        from filelock import FileLock
    except ImportError as error:
        raise MissingExtra("filelock", "torch") from error
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
