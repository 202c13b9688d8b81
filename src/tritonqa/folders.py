"""Where this user's files of ours lie: what can be made again, and what runs now."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

import platformdirs


def cache_folder() -> Path:
    """Return the folder of what can be made again; raises OSError for a user without a home folder."""
    return _at_home(platformdirs.user_cache_dir)


def state_folder() -> Path:
    """Return the folder of what runs now; raises OSError for a user without a home folder."""
    return _at_home(platformdirs.user_state_dir)


def _at_home(find: Callable[[str], str]) -> Path:
    """Refuse a home that is not known: older versions of platformdirs would make a folder named ~."""
    try:
        folder = Path(find("tritonqa"))
    except RuntimeError:
        folder = Path("~")
    if folder.parts[0] == "~":
        raise OSError(errno.ENOENT, "this user has no home folder")
    return folder.absolute()
