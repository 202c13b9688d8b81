"""Files on disk and files in the store → the store as the disk is."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from pathlib import Path
from time import time_ns

from tritonqa.digests import fresh_sha256
from tritonqa.errors import DocumentError
from tritonqa.futures import completed
from tritonqa.library.document import NO_TEXT_LAYER, Document, title_of
from tritonqa.library.index.compare import Work, compare, emptied
from tritonqa.library.index.reading import fingerprint, outdated
from tritonqa.library.index.report import Report, Skipped
from tritonqa.library.parse import ParseOptions, parse_apart
from tritonqa.library.passages import split
from tritonqa.library.store import File, Indexed, Reading
from tritonqa.library.store.base import Writer
from tritonqa.progress import Step

_AHEAD = 4  # documents parsed while others are written
_OPTIMISE = 5_000  # passages after which searching is brought up to date


def sync(
    writer: Writer,
    roots: Sequence[Path],
    leave_out: Path | None,
    options: ParseOptions,
    step: Step | None = None,
) -> Report:
    """Bring the store to what the roots hold now, and report it; one bad file never stops the rest.

    Files elsewhere stay as they are. step(done, all) is told of files. A file is read where its size or its
    time of change is not what it was; what a rename or a copy holds is known by its bytes and is not parsed
    again. What a parser of another version has read is read again, and stays as it is where nothing differs.
    """
    report = Report()
    known = writer.files()
    own = [] if leave_out is None else [leave_out]  # no root: what others keep there has no other place
    again = replace(options, ocr=False) != ParseOptions()  # a password, or other limits
    work, seen, away = compare(roots, leave_out, known, again, report)
    read = {one.digest: one for one in writer.readings()}
    anew = outdated(read.values(), options.ocr) | (writer.noted(NO_TEXT_LAYER) if options.ocr else set())
    work = _with_anew(work, seen, known, anew)
    report.unchanged = len(seen) - len(work)
    lost = {
        path: file
        for path, file in known.items()
        if path not in seen and _within(path, roots) and not _within(path, own)
    }
    parsed = passages = 0
    for item, outcome in _ahead(work, options, writer):
        if isinstance(outcome, str) and not writer.has(outcome):  # what held these bytes was just changed
            outcome = _parsed(item.file.path, options)
        _keep(writer, item, outcome, lost, read, report)
        parsed += 1
        if isinstance(outcome, Document):
            passages += max(len(outcome.text) // 1000, 1)
        if passages >= _OPTIMISE:
            writer.optimise()
            passages = 0
        if step is not None:
            step(parsed, len(work))
    away |= emptied(roots, lost.keys() - away, seen, report)
    gone = [path for path in lost if path not in away]
    writer.remove(gone)
    report.removed += map(str, gone)
    return report


def _keep(
    writer: Writer,
    item: Work,
    outcome: Document | str | DocumentError,
    lost: dict[Path, File],
    read: dict[str, Reading],
    report: Report,
) -> None:
    """Put a file in the store: parsed, known by its digest (a str), or with why it can't be read."""
    path = str(item.file.path)
    if isinstance(outcome, DocumentError) and item.anew:
        report.notes.append(f"{path}: stays as it was read before, for now it {outcome.reason}")
        report.unchanged += 1
        return
    if isinstance(outcome, DocumentError):
        writer.put(replace(item.file, reason=outcome.reason))
        report.skipped.append(Skipped(path, outcome.reason))
        return
    digest = outcome if isinstance(outcome, str) else outcome.digest
    file = replace(item.file, digest=digest)
    old = next((path for path, one in lost.items() if one.digest == digest), None)
    if old is not None and item.before is None:
        del lost[old]
        writer.move(old, file)
        if digest in read and read[digest].title == title_of(old) != title_of(file.path):
            writer.retitle(digest, title_of(file.path))
        report.moved.append((str(old), path))
        return
    if isinstance(outcome, Document):
        report.notes += (f"{path}: {note}" for note in outcome.notes)
        indexed = Indexed(outcome, split(outcome), fingerprint(outcome))
        before = read.get(digest)
        if item.anew and before and before.fingerprint == indexed.fingerprint:
            writer.read_again(outcome, indexed.fingerprint)
            writer.put(file)
            report.unchanged += 1
            return
        if item.anew:
            writer.replace(file, indexed)
        else:
            writer.put(file, indexed)
    else:
        writer.put(file)
    if item.before is None:
        report.added.append(path)
    elif item.anew or item.before.digest != digest:
        report.changed.append(path)
    else:
        report.unchanged += 1


def _with_anew(work: list[Work], seen: set[Path], known: dict[Path, File], anew: set[str]) -> list[Work]:
    """Add to the work what is to be read again: by OCR, or by another version than before."""
    work = [replace(item, anew=item.before is not None and item.before.digest in anew) for item in work]
    under_way = {item.before.digest for item in work if item.before and item.anew}
    for path in sorted(seen - {item.file.path for item in work}):
        file = known[path]
        if file.digest in anew - under_way:
            under_way.add(file.digest)
            work.append(Work(replace(file, indexed=time_ns()), file, anew=True))
    return work


def _ahead(
    work: Iterable[Work], options: ParseOptions, writer: Writer
) -> Iterator[tuple[Work, Document | str | DocumentError]]:
    """Parse a few files ahead of those that are written, in order."""
    rest = iter(work)
    with ThreadPoolExecutor(1) as pool:
        running: deque[tuple[Work, Future[Document | str | DocumentError]]] = deque()

        def start(count: int) -> None:
            for item in islice(rest, count):
                digest = _digest(item.file, options)
                if item.before and digest not in ("", item.before.digest):
                    item = replace(item, anew=False)
                if digest and not item.anew and writer.has(digest):
                    running.append((item, completed(digest)))
                else:
                    running.append((item, pool.submit(_parsed, item.file.path, options)))

        start(_AHEAD)
        try:
            while running:
                item, future = running.popleft()
                yield item, future.result()
                start(1)
        finally:
            for _, future in running:
                future.cancel()


def _parsed(path: Path, options: ParseOptions) -> Document | DocumentError:
    try:
        return parse_apart(path, options)
    except DocumentError as error:
        return error


def _digest(file: File, options: ParseOptions) -> str:
    """Return the SHA-256 of a regular file; nothing for what the parser will refuse."""
    if not file.path.is_file() or file.size > options.file_megabytes << 20:
        return ""
    try:
        return fresh_sha256(file.path)
    except OSError:
        return ""


def _within(path: Path, roots: Sequence[Path]) -> bool:
    return any(path.is_relative_to(root) for root in roots)
