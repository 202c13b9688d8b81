"""Where a library's documents, passages and vectors are kept."""

from __future__ import annotations

from tritonqa.library.store.base import Counts, File, Found, Indexed, Reading, Store, Stored, View
from tritonqa.library.store.scope import EVERYTHING, Among, AnyScope, Scope

__all__ = [
    "EVERYTHING",
    "Among",
    "AnyScope",
    "Counts",
    "File",
    "Found",
    "Indexed",
    "Reading",
    "Scope",
    "Store",
    "Stored",
    "View",
]
