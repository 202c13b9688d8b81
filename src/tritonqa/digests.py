"""File → SHA-256."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path


def sha256(path: Path) -> str:
    """Hash a file, once in this process as long as it does not change; raises OSError."""
    stat = path.stat()
    return _hashed(path, stat.st_size, stat.st_mtime_ns, stat.st_ino)


def fresh_sha256(path: Path) -> str:
    """Hash a file as it is now, whatever is known of it; raises OSError."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def holds(path: Path, digest: str) -> bool:
    """Say whether a file holds the bytes of a SHA-256 now; one that can't be read does not."""
    try:
        return fresh_sha256(path) == digest
    except OSError:
        return False


@lru_cache(maxsize=64)
def _hashed(path: Path, *state: int) -> str:
    return fresh_sha256(path)
