"""Files and a manifest → a bundle's folder, all or nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tritonqa.bundle.manifest import MANIFEST, Manifest
from tritonqa.bundle.read import read
from tritonqa.errors import BundleError
from tritonqa.staging import folder_beside


@contextmanager
def staged(folder: Path, *, extended: bool = False) -> Iterator[Path]:
    """Give a temporary folder beside a bundle, for commit() or, extended, extend(); it goes with the block.

    Raises BundleError when a new bundle's folder exists or the disk refuses; nothing half-written stays.
    """
    if folder.exists() and not extended:
        raise BundleError(f"{folder} exists already; choose another folder or remove it first")
    made = [parent for parent in folder.absolute().parents if not parent.exists()]
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with folder_beside(folder) as temporary:
            stage = temporary / folder.name
            stage.mkdir()
            yield stage
    except OSError as error:
        raise BundleError(f"{folder} could not be written: {error.strerror or error}") from error
    finally:
        for parent in made:
            if parent.is_dir() and not any(parent.iterdir()):
                parent.rmdir()


def commit(stage: Path, folder: Path, manifest: Manifest) -> None:
    """Write bundle.json into a staged folder, check the whole, and rename it into place."""
    _write_manifest(stage, manifest)
    read(stage)
    stage.rename(folder)


def extend(stage: Path, folder: Path, manifest: Manifest) -> None:
    """Move staged files into a bundle, then replace its bundle.json: the old one stays true until then.

    Raises BundleError where a file is there already: a format is never replaced.
    """
    files = [path.relative_to(stage) for path in stage.rglob("*") if path.is_file()]
    known = {part.file for item in read(folder).manifest.formats for part in item.pieces}
    for file in files:
        if file.as_posix() in known:
            raise BundleError(f"{folder} has {file.as_posix()} already; export to another folder instead")
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (stage / file).replace(folder / file)
    _write_manifest(stage, manifest)
    (stage / MANIFEST).replace(folder / MANIFEST)
    read(folder)


def amend(folder: Path, manifest: Manifest) -> None:
    """Replace a bundle's manifest, all or nothing; raises BundleError."""
    with staged(folder, extended=True) as nothing:
        extend(nothing, folder, manifest)


def _write_manifest(folder: Path, manifest: Manifest) -> None:
    record = json.dumps(manifest.to_dict(), indent=2, ensure_ascii=False)
    (folder / MANIFEST).write_text(record + "\n", encoding="utf-8")
