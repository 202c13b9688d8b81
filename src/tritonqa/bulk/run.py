"""Inputs and a reader → parts of answers, each written whole; what is there already is not asked again."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import chain, islice
from itertools import count as numbers
from typing import Protocol, Unpack

from tritonqa.answers import Answers
from tritonqa.bulk.asks import Columns, RowAsk
from tritonqa.bulk.files import Folder, expanded, size, to_json
from tritonqa.bulk.ledger import Ledger, Part, alone
from tritonqa.bulk.options import BulkOptions
from tritonqa.bulk.part import answered, rejected, written
from tritonqa.bulk.questions import load_questions
from tritonqa.bulk.tables import Row, Values, columns, count, rows
from tritonqa.errors import InputError
from tritonqa.spans import AskOptions


class Answering(Protocol):
    """What can answer: any reader."""

    def ask_many(
        self, asks: Iterable[tuple[str, str | Sequence[str]]], **options: Unpack[AskOptions]
    ) -> Iterator[Answers]:
        """Answer a stream of asks in order."""
        ...


@dataclass
class Counts:
    """What a run did: rows read, answers written, rows rejected, parts found done and written now."""

    rows: int = 0
    answers: int = 0
    rejects: int = 0
    parts: int = 0
    parts_before: int = 0


@dataclass
class _Open:
    """A part whose answers are still to come."""

    part: Part
    rows: int
    left: Counter[int] = field(default_factory=Counter)  # asks that wait, by the number of their row
    records: list[Values] = field(default_factory=list)
    rejects: list[Values] = field(default_factory=list)

    def settle(self, row: int) -> None:
        """Count off one of a row's asks."""
        self.left[row] -= 1
        if not self.left[row]:
            del self.left[row]


def bulk(
    reader: Answering,
    inputs: Sequence[str],
    output: str,
    options: BulkOptions | None = None,
    step: Callable[[int, int | None], None] | None = None,
    **asked: Unpack[AskOptions],
) -> Counts:
    """Answer every row of the inputs into parts below output; started again it goes on where it was.

    Inputs are files, folders or patterns, local or fsspec's URLs: JSON lines, CSV, TSV, Parquet, also .gz.
    step(done, all) is called after each row; all is None where it is not known.
    Raises InputError for inputs, OutputError for the output, and what the reader raises; what was written
    stays, and the same call goes on from there.
    """
    run = Run.of(inputs, output, options or BulkOptions(), asked)
    with alone(run.folder):
        return run.answer(reader, step)


class Run:
    """One run: its inputs, their columns, its folder."""

    def __init__(self, files: list[str], options: BulkOptions, folder: Folder, asked: AskOptions) -> None:
        """Check columns and questions before anything is asked; raises InputError."""
        self.files, self.options, self.folder, self.asked = files, options, folder, asked
        fields = load_questions(options.questions) if options.questions is not None else ()
        self.columns = [Columns.of(columns(name), options, fields) for name in files]
        self._about = {
            "inputs": [{"name": name, "bytes": size(name)} for name in files],
            "questions": [asdict(item) for item in fields],
            "options": {key: value for key, value in asdict(options).items() if key != "questions"},
            "asked": dict(asked),
        }
        self.counts = Counts()

    @classmethod
    def of(cls, inputs: Sequence[str], output: str, options: BulkOptions, asked: AskOptions) -> Run:
        """Find the inputs and make the output's folder."""
        return cls(expanded(inputs), options, Folder(output), asked)

    def answer(self, reader: Answering, step: Callable[[int, int | None], None] | None = None) -> Counts:
        """Ask what is not done yet; see bulk."""
        self._ledger = Ledger(self.folder, self._about, "." + self.options.format)
        known = [count(name) for name in self.files]
        total = None if None in known else sum(filter(None, known))
        self._open: deque[_Open] = deque()
        for _ in self._answers(reader):
            self._close_finished()
            if step is not None:
                step(self._rows_done(), total)
        self._close_finished()
        self._ledger.finish(asdict(self.counts) | {"parts_before": 0, "parts": self._parts})
        if step is not None:
            step(self.counts.rows, self.counts.rows)
        return self.counts

    def _answers(self, reader: Answering) -> Iterator[None]:
        """Stream asks through the reader; one that it refuses is a reject, and those after it go again."""
        under_way: deque[tuple[_Open, Row, RowAsk]] = deque()
        source = self._asks()
        while True:
            again = list(under_way)
            under_way.clear()

            def pairs(left: Iterable[tuple[_Open, Row, RowAsk]]) -> Iterator[tuple[str, Sequence[str]]]:
                for item in left:
                    under_way.append(item)
                    yield item[2].ask.question, item[2].ask.passages

            try:
                for answers in reader.ask_many(pairs(chain(again, source)), **self.asked):
                    part, _, ask = under_way.popleft()
                    part.records.append(answered(ask, answers))
                    part.settle(ask.row)
                    yield
                return
            except InputError as error:
                if not under_way:
                    raise  # an input's own
                part, row, _ = under_way.popleft()
                part.rejects.append(rejected(row, str(error)))
                part.settle(row.number)

    def _asks(self) -> Iterator[tuple[_Open, Row, RowAsk]]:
        """Give the asks of every part that is not done; open parts as they begin."""
        self._parts = 0
        for number, name in enumerate(self.files):
            found = rows(name)
            for chunk in numbers():
                part = Part(number, chunk)
                done = self._ledger.is_done(part)
                if done is not None:
                    for _ in islice(found, done["rows"]):
                        pass
                    self._count(done)
                    self.counts.parts_before += 1
                    self._parts += 1
                    if done["rows"] < self.options.rows:
                        break
                    continue
                members = list(islice(found, self.options.rows))
                if not members:
                    break
                opened = _Open(part, len(members))
                asks = list(self._row_asks(opened, members, self.columns[number]))
                opened.left.update(item[2].row for item in asks)
                self._open.append(opened)
                self._parts += 1
                yield from asks

    def _row_asks(
        self, opened: _Open, members: Sequence[Row], where: Columns
    ) -> Iterator[tuple[_Open, Row, RowAsk]]:
        for row in members:
            try:
                asks = where.asks(row)
            except InputError as error:
                opened.rejects.append(rejected(row, str(error)))
                continue
            yield from ((opened, row, ask) for ask in asks)

    def _rows_done(self) -> int:
        """Count the rows whose answers are all there."""
        return self.counts.rows + sum(part.rows - len(part.left) for part in self._open)

    def _close_finished(self) -> None:
        """Write the parts at the front whose answers are all there."""
        while self._open and not self._open[0].left:
            opened = self._open.popleft()
            counts = {"rows": opened.rows, "answers": len(opened.records), "rejects": len(opened.rejects)}
            content = written(opened.records, self.options.format)
            rejects = "".join(to_json(record) + "\n" for record in opened.rejects).encode("utf-8", "replace")
            self._ledger.commit(opened.part, content, rejects, counts)
            self._count(counts)
            self.counts.parts += 1

    def _count(self, counts: dict[str, int]) -> None:
        self.counts.rows += counts["rows"]
        self.counts.answers += counts["answers"]
        self.counts.rejects += counts["rejects"]
