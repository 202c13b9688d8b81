"""Parts of rows → parts of answers: one stream through a reader, over the parts' borders."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from typing import Protocol, TypeAlias, Unpack

from tritonqa.answers import Answers
from tritonqa.bulk.asks import Columns, RowAsk
from tritonqa.bulk.files import to_json
from tritonqa.bulk.part import Counts, Part, Written, answered, rejected, source_of, written
from tritonqa.bulk.tables import Row, Values
from tritonqa.errors import InputError
from tritonqa.spans import AskOptions
from tritonqa.text import Row as AskRow


class Answering(Protocol):
    """What can answer: any reader."""

    @property
    def fingerprint(self) -> str:
        """Tell the reader from others; empty where that is not known."""
        ...

    def ask_many(self, asks: Iterable[AskRow], **options: Unpack[AskOptions]) -> Iterator[Answers]:
        """Answer a stream of asks in order."""
        ...


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a part, and where they hold what is asked."""

    part: Part
    rows: Sequence[Row]
    columns: Columns


@dataclass
class _Open:
    """A part whose answers are still to come; left counts the asks that wait, by the number of their row."""

    source: Rows
    left: Counter[int] = field(default_factory=Counter)
    records: list[Values] = field(default_factory=list)
    rejects: list[Values] = field(default_factory=list)

    def asks(self) -> list[_Ask]:
        """Return all asks of the part; rows that hold none are rejects."""
        found: list[_Ask] = []
        for row in self.source.rows:
            try:
                found += [(self, row, ask) for ask in self.source.columns.asks(row)]
            except InputError as error:
                self.rejects.append(rejected(row, str(error)))
        self.left.update(row.number for _, row, _ in found)
        return found

    def settle(self, row: int) -> bool:
        """Count off one of a row's asks; say whether it was the last."""
        self.left[row] -= 1
        if self.left[row]:
            return False
        del self.left[row]
        return True

    def written(self, format: str) -> Written:
        """Write the part."""
        counts = Counts(len(self.source.rows), len(self.records), len(self.rejects))
        rejects = "".join(to_json(record) + "\n" for record in self.rejects).encode(
            "utf-8", "backslashreplace"
        )
        content = written(self.records, format, self.source.columns.carried)
        return Written(self.source.part, content, rejects, counts, source_of(self.source.rows))


_Ask: TypeAlias = tuple[_Open, Row, RowAsk]


def answer_parts(
    reader: Answering,
    parts: Iterable[Rows],
    format: str,
    row_done: Callable[[], None] = lambda: None,
    **asked: Unpack[AskOptions],
) -> Iterator[Written]:
    """Answer parts in order; each is given when its last answer is there.

    A row that the reader refuses is a reject, and those after it go again. Raises what the reader raises.
    """
    stream = _Stream(parts)
    while not stream.ended:
        with stream.refusals():
            for answers in reader.ask_many(stream.pairs(), **asked):
                if stream.take(answers):
                    row_done()
                for part in stream.finished():
                    yield part.written(format)
    for part in stream.opened:
        yield part.written(format)


class _Stream:
    """Asks under way and the parts that they belong to."""

    def __init__(self, parts: Iterable[Rows]) -> None:
        self.opened: deque[_Open] = deque()
        self.ended = False
        self._under_way: deque[_Ask] = deque()
        self._again: list[_Ask] = []
        self._source = self._asks(parts)

    def pairs(self) -> Iterator[tuple[str, Sequence[str]]]:
        """Give what is to be asked: first what has to go again."""
        for item in chain(self._again, self._source):
            self._under_way.append(item)
            yield item[2].ask.question, item[2].ask.passages
        self.ended = True

    def take(self, answers: Answers) -> bool:
        """Keep the answers to the ask that has waited longest; say whether its row is done."""
        part, row, ask = self._under_way.popleft()
        part.records.append(answered(ask, answers))
        return part.settle(row.number)

    def finished(self) -> Iterator[_Open]:
        """Give the parts whose answers are all there; the last may still get rows."""
        while len(self.opened) > 1 and not self.opened[0].left:
            yield self.opened.popleft()

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Set aside the ask that the reader refuses; those behind it were cancelled, and go again."""
        try:
            yield
        except InputError as error:
            if not self._under_way:
                raise  # an input's own
            part, row, _ = self._under_way.popleft()
            part.rejects.append(rejected(row, str(error)))
            part.settle(row.number)
            self._again, self.ended = list(self._under_way), False
            self._under_way.clear()

    def _asks(self, parts: Iterable[Rows]) -> Iterator[_Ask]:
        for rows in parts:
            self.opened.append(_Open(rows))
            yield from self.opened[-1].asks()
