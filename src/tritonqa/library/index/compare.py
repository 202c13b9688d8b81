"""Files on disk, and those that the store knows → which to read, which to leave as they are."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import time_ns

from tritonqa.library.index.report import Report, Skipped
from tritonqa.library.index.walk import walk
from tritonqa.library.parse.source import DENIED
from tritonqa.library.store import File

_STAYS = "; what the library holds of it stays until tritonqa library remove forgets it"

_EMPTIED = "holds no file, as where a drive is away"
_RACY = 2_000_000_000  # nanoseconds: a file written so shortly before it was read may change unseen


@dataclass(frozen=True, slots=True)
class Work:
    """A file that is new or changed: as it is now, and as it was; anew reads the same bytes another way."""

    file: File
    before: File | None
    anew: bool = False


def compare(
    roots: Sequence[Path], leave_out: Path | None, known: dict[Path, File], again: bool, report: Report
) -> tuple[list[Work], set[Path], set[Path]]:
    """Tell the files to read from those that are as they were, and from those that can't be looked at now.

    again takes those that could not be read; those that could not be opened are tried each time. A drive that
    is away for a while takes nothing from the store.
    """
    work, seen, away = [], set(), set()
    for path in walk(roots, leave_out):
        if isinstance(path, Skipped):
            report.skipped.append(path)
            away |= _held(known, Path(path.path))
            continue
        before = known.get(path)
        try:
            stat = path.stat()
        except OSError as error:
            held = _held(known, path)
            lost = isinstance(error, FileNotFoundError) and before is not None
            away |= held - {path} if lost else held
            if not lost or path in roots:
                report.skipped.append(Skipped(str(path), _why(error) + _STAYS * bool(held and not lost)))
            continue
        seen.add(path)
        now = File(path, stat.st_size, stat.st_mtime_ns, time_ns())
        unread = before is not None and _unread(before, again)
        if before is None or not _same(before, now) or unread:
            work.append(Work(now, before))
        else:
            report.unchanged += 1
            if before.reason:
                report.skipped.append(Skipped(str(path), before.reason))
    return work, seen, away


def _unread(before: File, again: bool) -> bool:
    """Say whether a file that is as it was is to be read; one with neither words nor a reason lost them."""
    if before.reason:
        return again or before.reason.startswith(DENIED)
    return not before.digest


def emptied(roots: Sequence[Path], lost: Iterable[Path], seen: Iterable[Path], report: Report) -> set[Path]:
    """Return what was lost of folders that hold no file any more: a drive may be away from where it hangs."""
    away: set[Path] = set()
    for root in {root for path in lost for root in path.parents} & set(roots):
        if root.is_dir() and not _held(seen, root):
            away |= _held(lost, root)
            report.skipped.append(Skipped(str(root), _EMPTIED + _STAYS))
    return away


def _same(before: File, now: File) -> bool:
    return (before.size, before.modified) == (
        now.size,
        now.modified,
    ) and before.modified < before.indexed - _RACY


def _held(known: Iterable[Path], place: Path) -> set[Path]:
    """Return the files at a place or below it."""
    return {path for path in known if path == place or place in path.parents}


def _why(error: OSError) -> str:
    return (
        "does not exist"
        if isinstance(error, FileNotFoundError)
        else f"can't be read: {os.strerror(error.errno or 0).lower()}"
    )
