"""Files of a form → files in a folder."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from threading import Lock

from anyio import to_thread
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import Request

from tritonqa.errors import DocumentError, InputError
from tritonqa.library.parse import kind_of
from tritonqa.library.parse.source import Source
from tritonqa.web.options import Limits
from tritonqa.web.refusal import Refusal

_NAME_BYTES = 180
_ONE_AT_A_TIME = Lock()  # of a name that two send, one takes it
_ODD = re.compile(r'[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff<>:"/\\|?*]')


@dataclass(frozen=True, slots=True)
class Upload:
    """Files that were kept, and names of those that were not, with the reason."""

    kept: list[Path] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


async def receive(request: Request, folder: Path, limits: Limits) -> Upload:
    """Keep a form's files in a folder, under their own names as far as these are safe.

    Raises Refusal 415 for a body that is no form, 400 for a damaged one; InputError for one without files.
    """
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise Refusal(415, "the body must be a form; send files as multipart/form-data")
    try:
        form = await request.form(max_files=limits.files, max_fields=limits.files)
    except MultiPartException as error:
        raise Refusal(400, f"the form can't be read: {error.message}") from error
    try:
        files = [one for _, one in form.multi_items() if isinstance(one, UploadFile) and one.filename]
        if not files:
            raise InputError("files is missing; send at least one file with a name", "files")
        return await to_thread.run_sync(_keep_all, files, folder)
    finally:
        await form.close()


def safe_name(name: str) -> str:
    """Return a file's name that leads out of no folder, hides nothing, and can be had on any system."""
    words = _ODD.sub("_", name.replace("\\", "/").rpartition("/")[2]).strip(" .") or "document"
    stem, dot, suffix = words.rpartition(".")
    stem = stem if dot else words
    while len(stem.encode()) > _NAME_BYTES:
        stem = stem[:-1]
    return f"{stem}{dot}{suffix[:16]}" if dot else stem


def _keep_all(files: list[UploadFile], folder: Path) -> Upload:
    folder.mkdir(parents=True, exist_ok=True)
    upload = Upload()
    for one in files:
        name, data = safe_name(one.filename or ""), one.file.read()
        try:
            kind_of(Source(Path(name), data))
        except DocumentError as error:
            upload.refused.append((name, error.reason))
        else:
            upload.kept.append(_keep(folder, name, data))
    return upload


def _keep(folder: Path, name: str, data: bytes) -> Path:
    """Write a file whole, beside one of the same name that holds something else."""
    with _ONE_AT_A_TIME:
        for path in _names(folder, name):
            if not path.exists():
                part = path.with_name(f".{path.name}.part")
                part.write_bytes(data)
                os.replace(part, path)
                return path
            if path.read_bytes() == data:
                return path
    raise AssertionError  # the names don't end


def _names(folder: Path, name: str) -> Iterator[Path]:
    plain = folder / name
    yield plain
    for number in count(2):
        yield plain.with_stem(f"{plain.stem} ({number})")
