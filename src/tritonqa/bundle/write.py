"""Files and a manifest → a bundle's folder, all or nothing."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tritonqa.bundle.manifest import MANIFEST, Manifest
from tritonqa.bundle.read import read
from tritonqa.errors import BundleError


def write(folder: Path, manifest: Manifest, files: Mapping[str, Path]) -> None:
    """Copy files (name in the bundle → where it is now) and write bundle.json, then rename into place.

    Raises BundleError when the folder exists or the disk refuses; nothing half-written stays.
    """
    if folder.exists():
        raise BundleError(f"{folder} exists already; choose another folder or remove it first")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as temporary:
            staged = Path(temporary) / folder.name
            for name, source in files.items():
                (staged / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, staged / name)
            record = json.dumps(manifest.to_dict(), indent=2, ensure_ascii=False)
            (staged / MANIFEST).write_text(record + "\n", encoding="utf-8")
            read(staged)
            staged.rename(folder)
    except OSError as error:
        raise BundleError(f"{folder} could not be written: {error.strerror or error}") from error
