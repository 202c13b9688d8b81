"""A reader on disk."""

from tritonqa.bundle.manifest import Format, Manifest
from tritonqa.bundle.read import Bundle, read
from tritonqa.bundle.write import commit, staged, write

__all__ = ["Bundle", "Format", "Manifest", "commit", "read", "staged", "write"]
