"""The judge of one library, fitted on questions about its documents: kept in its folder."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import lru_cache
from math import isfinite
from pathlib import Path
from typing import Any

from tritonqa.errors import LibraryError
from tritonqa.library.answer.judge import Judge, Model, fitted
from tritonqa.staging import whole_file

FILE = "judge.json"


@dataclass(frozen=True, slots=True)
class Kept:
    """A judge, and how many questions it was fitted on."""

    judge: Judge
    questions: int


def kept(folder: Path | None) -> Kept | None:
    """Return a library's own judge, None where it weighs by the packaged one; raises LibraryError."""
    if folder is None:
        return None
    file = folder / FILE
    try:
        changed = file.stat().st_mtime_ns
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LibraryError(f"{file} can't be read: {error.strerror or error}") from error
    return _read(file, changed)


def keep(folder: Path, found: Kept) -> None:
    """Write a library's judge, which weighs from now on; raises LibraryError where it can't be written."""
    file = folder / FILE
    try:
        with whole_file(file) as stream:
            json.dump({"questions": found.questions, **asdict(found.judge)}, stream, indent=2)
            stream.write("\n")
    except OSError as error:
        raise LibraryError(f"{file} can't be written: {error.strerror or error}") from error


def forget(folder: Path) -> bool:
    """Weigh by the packaged judge again; return whether there was another."""
    file = folder / FILE
    found = file.exists()
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        raise LibraryError(f"{file} can't be removed: {error.strerror or error}") from error
    return found


@lru_cache(maxsize=16)
def _read(file: Path, changed: int) -> Kept:
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
        models = {kind: _model(record[kind], asdict(fitted())[kind]) for kind in ("hybrid", "lexical")}
        return Kept(Judge(**models), int(record["questions"]))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise LibraryError(
            f"{file} is no judge of this version; fit it again with tritonqa library fit, or remove it"
        ) from error


def _model(record: dict[str, Any], known: dict[str, dict[str, float]]) -> Model:
    """Take weights of the names that this version knows, no others."""
    for part, weights in known.items():
        values = record[part]
        if values.keys() != weights.keys() or not all(isfinite(value) for value in values.values()):
            raise ValueError(part)
    return Model(**record)
