"""A library in a folder: SQLite is the truth, arrays beside it are derived."""

from __future__ import annotations

from tritonqa.library.store.sqlite.store import SqliteStore

__all__ = ["SqliteStore"]
