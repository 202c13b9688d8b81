"""Hub id → its bundle in the user's cache, exported once however many processes ask."""

from __future__ import annotations

from pathlib import Path

import platformdirs

from tritonqa.bundle import Bundle, read
from tritonqa.bundle.manifest import MANIFEST
from tritonqa.export.hub import HubName
from tritonqa.export.options import Report, silent
from tritonqa.export.run import export


def cached(text: str, report: Report = silent) -> Bundle:
    """Return the bundle of owner/name or owner/name@revision; the first call downloads and exports it.

    Later calls read it and ask no network; remove its folder to export it anew. Raises as export().
    """
    name = HubName.parse(text)
    home = Path(platformdirs.user_cache_dir("tritonqa")) / "readers" / name.id.replace("/", "--")
    folder = home / (name.revision or "main").replace("/", "--")
    if not (folder / MANIFEST).is_file():
        from filelock import FileLock

        home.mkdir(parents=True, exist_ok=True)
        with FileLock(home / ".lock"):
            if not (folder / MANIFEST).is_file():
                return export(text, folder, report=report)
    return read(folder)
