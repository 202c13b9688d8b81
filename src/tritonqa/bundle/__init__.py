"""A reader on disk."""

from tritonqa.bundle.manifest import Format, Manifest, PageReading, Part
from tritonqa.bundle.read import Bundle, read
from tritonqa.bundle.write import amend, commit, extend, staged

__all__ = [
    "Bundle",
    "Format",
    "Manifest",
    "PageReading",
    "Part",
    "amend",
    "commit",
    "extend",
    "read",
    "staged",
]
