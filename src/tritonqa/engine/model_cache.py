"""Compiled models of this user, kept on disk: what one process has compiled the next one reads."""

from __future__ import annotations

import os
import tempfile
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from tritonqa import digests
from tritonqa.folders import cache_folder

VARIABLE = "TRITONQA_MODEL_CACHE"
"""Of the environment: a folder to keep compiled models in, or "off"."""

Blob: TypeAlias = npt.NDArray[np.uint8]

_MOST = 1 << 30  # bytes of all models together
_MAGIC, _TRAILER = b"tritonqa", 20


@dataclass(frozen=True, slots=True)
class ModelCache:
    """A folder of blobs by key, each with its checksum behind it; the longest unused make room for new ones.

    A file is written whole before it has its name, and never changed: so processes need no lock. Where the
    folder can't be written, nothing is kept.
    """

    folder: Path
    most: int = _MOST

    def get(self, key: str) -> Blob | None:
        """Map a blob into memory; None where there is none, or one that is damaged."""
        path = self.folder / key
        try:
            data = np.memmap(path, np.uint8, "c")  # as if it could be written to, which OpenVINO asks for
            blob, trailer = data[:-_TRAILER], data[-_TRAILER:]
            if trailer.tobytes() != _trailer(blob.data):
                return None
        except (OSError, ValueError):
            return None
        with suppress(OSError):
            os.utime(path)
        return blob

    def put(self, key: str, blob: bytes | memoryview) -> None:
        """Keep a blob, unless it is too large or the disk refuses."""
        if len(blob) > self.most:
            return
        with suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, staged = tempfile.mkstemp(dir=self.folder, prefix=".")
            try:
                with open(handle, "wb") as stream:
                    stream.write(blob)
                    stream.write(_trailer(memoryview(blob)))
                os.replace(staged, self.folder / key)
            except OSError:
                os.unlink(staged)
                raise
            self._make_room()

    def _make_room(self) -> None:
        """Delete what was longest unused, until the rest is within bounds."""
        files = [(path.stat(), path) for path in self.folder.iterdir()]
        total = sum(stat.st_size for stat, _ in files)
        for stat, path in sorted(files, key=lambda pair: pair[0].st_mtime_ns):
            if total <= self.most:
                break
            with suppress(OSError):  # on Windows one that is in use stays
                path.unlink()
                total -= stat.st_size


def model_cache() -> ModelCache | None:
    """Return this user's cache; None where it is off, or the user has no home folder."""
    place = os.environ.get(VARIABLE, "")
    if place.lower() == "off":
        return None
    try:
        return ModelCache(Path(place).absolute() if place else cache_folder() / "compiled")
    except OSError:
        return None


def key_of(files: Sequence[Path], *settings: object) -> str:
    """Return the key of a model: its files' bytes, and all else on which its compiling depends."""
    return sha256(repr([*map(digests.sha256, files), *settings]).encode()).hexdigest()


def _trailer(blob: memoryview) -> bytes:
    return _MAGIC + len(blob).to_bytes(8, "little") + zlib.crc32(blob).to_bytes(4, "little")
