"""Inputs and a reader → parts of answers, each written whole; what is there already is not asked again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from itertools import count as numbers
from itertools import islice
from typing import TypeAlias, Unpack

from tritonqa.bulk.asks import Columns
from tritonqa.bulk.carried import carried_columns
from tritonqa.bulk.files import Folder, expanded, size
from tritonqa.bulk.ledger import Ledger, alone
from tritonqa.bulk.options import BulkOptions
from tritonqa.bulk.part import Counts, Part, Written
from tritonqa.bulk.questions import load_questions
from tritonqa.bulk.stream import Answering, Rows, answer_parts
from tritonqa.bulk.tables import columns, count, rows
from tritonqa.spans import AskOptions

Step: TypeAlias = Callable[[int, int | None], None]
"""Told the rows that are done and all of them, None where that is not known."""


@dataclass(slots=True)
class Summary:
    """What a run did: rows, answers and rejects in all; parts that are new, and that were there before."""

    rows: int = 0
    answers: int = 0
    rejects: int = 0
    parts: int = 0
    parts_before: int = 0

    def add(self, counts: Counts) -> None:
        """Add a part's counts."""
        for item in fields(counts):
            setattr(self, item.name, getattr(self, item.name) + getattr(counts, item.name))


def bulk(
    reader: Answering,
    inputs: Sequence[str],
    output: str,
    options: BulkOptions | None = None,
    step: Step | None = None,
    **asked: Unpack[AskOptions],
) -> Summary:
    """Answer every row of the inputs into parts below output; started again it goes on where it was.

    Inputs are files, folders or patterns, local or fsspec's URLs: JSON lines, CSV, TSV, Parquet, also .gz.
    Raises InputError for inputs, OutputError for the output, and what the reader raises; what was written
    stays, and the same call goes on from there.
    """
    run = Run(expanded(inputs, output), output, options or BulkOptions(), asked)
    with run.begun(reader.fingerprint, step):
        for part in answer_parts(reader, run.pending(), run.options.format, run.row_done, **asked):
            run.commit(part)
    return run.finish()


class Run:
    """One run: what is left to do, and the writing of what is done."""

    def __init__(self, files: list[str], output: str, options: BulkOptions, asked: AskOptions) -> None:
        """Check columns, questions and the output's folder before anything is asked.

        Raises InputError, OutputError.
        """
        self.files, self.options, self.summary = files, options, Summary()
        found = load_questions(options.questions) if options.questions is not None else ()
        places = [Columns.of(columns(name), options, found) for name in files]
        carried = carried_columns(options.format, files, places)
        self._columns = [replace(place, carried=carried) for place in places]
        self._folder = Folder(output)
        chosen = asdict(options)
        del chosen["questions"]
        self._about = {
            "inputs": [{"name": name, "bytes": size(name)} for name in files],
            "questions": [asdict(item) for item in found],
            "options": chosen,
            "asked": {name: value for name, value in asked.items() if value is not None},
        }
        self._done = 0

    @contextmanager
    def begun(self, reader: str, step: Step | None = None) -> Iterator[None]:
        """Keep other runs out of the folder within this; raises InputError where it holds another run.

        reader is the reader's fingerprint.
        """
        with alone(self._folder):
            about = {**self._about, "reader": reader}
            self._ledger = Ledger(self._folder, about, "." + self.options.format)
            known = [count(name) for name in self.files] if step else [None]
            self._total = None if None in known else sum(filter(None, known))
            self._step = step or (lambda done, total: None)
            yield

    def pending(self) -> Iterator[Rows]:
        """Give the parts that are not done, in order; raises InputError for an input that is damaged."""
        for number, name in enumerate(self.files):
            found = rows(name)
            for chunk in numbers():
                part, members = Part(number, chunk), list(islice(found, self.options.rows))
                if members and (done := self._ledger.done(part, members)):
                    self.summary.add(done)
                    self.summary.parts_before += 1
                    self._done += len(members)
                elif members:
                    yield Rows(part, members, self._columns[number])
                if len(members) < self.options.rows:
                    break

    def row_done(self, count: int = 1) -> None:
        """Tell that rows are answered."""
        self._done += count
        self._step(self._done, self._total)

    def commit(self, written: Written) -> None:
        """Write a part."""
        self._ledger.commit(written)
        self.summary.add(written.counts)
        self.summary.parts += 1

    def finish(self) -> Summary:
        """Say that all parts are there."""
        whole = self.summary
        self._ledger.finish(Counts(whole.rows, whole.answers, whole.rejects))
        self._step(whole.rows, whole.rows)
        return whole
