"""A folder of parts → which are done; one run at a time, and always the same run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

from tritonqa.bulk.files import Folder, to_json
from tritonqa.bulk.part import Counts, Part, Written, source_of
from tritonqa.bulk.tables import Row
from tritonqa.errors import InputError
from tritonqa.staging import one_writer

RUN, DONE, LOCK = "_run.json", "_done", ".lock"


class Ledger:
    """What a run is, and the hash of each part that it wrote."""

    def __init__(self, folder: Folder, run: dict[str, Any], ending: str) -> None:
        """Take the folder of this run; raises InputError where another run wrote into it."""
        self._folder, self._ending = folder, ending
        known = folder.read(RUN)
        wanted = json.loads(json.dumps(run))
        if known is None:
            folder.write(RUN, json.dumps(wanted, indent=2).encode())
            return
        try:
            found = json.loads(known)
        except ValueError as error:
            raise InputError(f"{folder.name}/{RUN} is damaged; choose another folder") from error
        if isinstance(found, dict) and not (found.get("reader") and wanted["reader"]):
            found["reader"] = wanted["reader"]  # one of the two is not known: nothing to hold it to
        if found != wanted:
            name, before, now = _difference("run", found, wanted)
            raise InputError(
                f"{folder.name} holds a run with other {name} ({before!r:.80}, not {now!r:.80}); "
                "choose another folder, or remove it to begin anew"
            )

    def done(self, part: Part, rows: Sequence[Row]) -> Counts | None:
        """Return a part's counts where it was written whole.

        Raises InputError where it was changed since, or the rows that it answers.
        """
        record = self._folder.read(f"{DONE}/{part.name}.json")
        if record is None:
            return None
        counts, digest, source = self._read(part, record)
        content = self._folder.read(part.name + self._ending)
        if content is None:
            return None
        if sha256(content).hexdigest() != digest:
            raise InputError(
                f"{self._folder.name}/{part.name}{self._ending} was changed since it was written; "
                "move it away, and the same command writes it again"
            )
        if source is not None and source != source_of(rows):
            raise InputError(
                f"the rows of {part.name} were changed since {self._folder.name} was begun; "
                "choose another folder, or remove it to begin anew"
            )
        return counts

    def commit(self, written: Written) -> None:
        """Write a part's rejects, then its file, then that it is done: each whole, so the last says all."""
        name = written.part.name
        if written.rejects:
            self._folder.write(f"rejects/{name}.jsonl", written.rejects)
        else:
            self._folder.remove(f"rejects/{name}.jsonl")
        self._folder.write(name + self._ending, written.content)
        digest = sha256(written.content).hexdigest()
        record = {**asdict(written.counts), "sha256": digest, "source": written.source}
        self._folder.write(f"{DONE}/{name}.json", to_json(record).encode())

    def _read(self, part: Part, record: bytes) -> tuple[Counts, str, str | None]:
        """Return a part's counts, its hash, and that of its rows, which older versions did not keep."""
        try:
            known = json.loads(record)
            counts = Counts(known["rows"], known["answers"], known["rejects"])
            return counts, known["sha256"], known.get("source")
        except (ValueError, TypeError, KeyError) as error:
            raise InputError(
                f"{self._folder.name}/{DONE}/{part.name}.json is damaged; remove it, and the same command "
                "writes its part again"
            ) from error

    def finish(self, counts: Counts) -> None:
        """Say that the run is whole."""
        self._folder.write("_SUCCESS", (to_json(asdict(counts)) + "\n").encode())


@contextmanager
def alone(folder: Folder) -> Iterator[None]:
    """Keep other runs out of a local folder meanwhile; raises InputError where one is at work."""
    if not folder.local:
        yield
        return
    busy = f"another run is writing into {folder.name}; wait for it, or choose another folder"
    with one_writer(Path(folder.path(LOCK)), busy):
        folder.sweep()
        yield


def _difference(name: str, found: Any, wanted: Any) -> tuple[str, Any, Any]:
    """Name the first value that differs, however deep it lies."""
    if isinstance(found, dict) and isinstance(wanted, dict):
        for key in {**wanted, **found}:
            if found.get(key) != wanted.get(key):
                return _difference(str(key), found.get(key), wanted.get(key))
    return name, found, wanted
