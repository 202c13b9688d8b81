"""What is written beside its place, and renamed into it when it is whole."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def folder_beside(path: Path) -> Iterator[Path]:
    """Make a hidden folder beside a path, and remove it and what is left in it, whatever ends the block.

    Its name is known before it is made, so that a signal that comes as it is made leaves nothing either;
    tempfile's folder stays where one comes before its remover is set up. Raises OSError.
    """
    folder = path.parent / f".{path.name}-{secrets.token_hex(4)}"
    try:
        folder.mkdir(mode=0o700)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
