"""A part: its place among the inputs, and the bytes that its answers become."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO, StringIO
from typing import Any

from tritonqa.answers import Answers
from tritonqa.bulk.asks import RowAsk
from tritonqa.bulk.files import to_json
from tritonqa.bulk.options import ANSWER_COLUMNS, BEST
from tritonqa.bulk.tables import Row, Values
from tritonqa.errors import MissingExtra

_DIGITS = 6  # of probabilities: enough to rank, and the same from every engine that adds in another order


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of an input, by its number from 0, and the number of the part in it."""

    input: int
    number: int

    @property
    def name(self) -> str:
        """Return the name of the part's file, without its ending."""
        return f"part-{self.input:04}-{self.number:06}"


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows read, answers written, rows set aside."""

    rows: int = 0
    answers: int = 0
    rejects: int = 0


@dataclass(frozen=True, slots=True)
class Written:
    """The bytes of a part and of its rejects; source is the hash of the rows that it answers."""

    part: Part
    content: bytes
    rejects: bytes
    counts: Counts
    source: str


def source_of(rows: Iterable[Row]) -> str:
    """Return the hash of rows as they were read."""
    found = sha256()
    for row in rows:
        found.update(to_json([row.values, row.reason]).encode("utf-8", "surrogatepass"))
    return found.hexdigest()


def answered(ask: RowAsk, answers: Answers) -> Values:
    """Return the row of an answer: what was carried along, then the JSON of every wire."""
    record = answers.of(ask.ask).to_dict()
    for answer in record["answers"]:
        answer["score"] = round(answer["score"], _DIGITS)
    record["no_answer"] = round(record["no_answer"], _DIGITS)
    return {**ask.carried, **record}


def rejected(row: Row, reason: str) -> Values:
    """Return the row of a reject: its number and the reason before what it held."""
    return {"row": row.number, "reason": reason, "values": row.values}


def written(records: Sequence[Values], format: str, carried: Values) -> bytes:
    """Write rows as a file of JSON lines, CSV or Parquet; tables hold the best answer, and all as JSON.

    carried are columns that tables have in any case, in Parquet of these types.
    """
    if format == "jsonl":
        return "".join(to_json(record) + "\n" for record in records).encode()
    flat = [_flat(record) for record in records]
    ours = () if flat else sorted(ANSWER_COLUMNS)
    names = list(dict.fromkeys([*carried, *ours, *(name for record in flat for name in record)]))
    if format == "csv":
        text = StringIO(newline="")
        table = csv.DictWriter(text, names, lineterminator="\r\n")  # RFC 4180; so a lone \r is quoted, too
        table.writeheader()
        table.writerows({name: _cell(value) for name, value in record.items()} for record in flat)
        return text.getvalue().encode()
    return _parquet({name: [record.get(name) for record in flat] for name in names}, carried)


def _flat(record: Values) -> Values:
    answers = record["answers"]
    best = answers[0] if answers else dict.fromkeys(BEST)
    simple = {name: value for name, value in record.items() if name != "answers"}
    return {**simple, **{f"answer_{name}": best[name] for name in BEST}, "answers": to_json(answers)}


def _cell(value: Any) -> Any:
    return to_json(value) if isinstance(value, dict | list) else value


def _parquet(table: dict[str, list[Any]], carried: Values) -> bytes:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise MissingExtra("pyarrow", "bulk") from error
    whole, real, text, flag = pa.int64(), pa.float64(), pa.string(), pa.bool_()
    known = {"no_answer": real, "calibrated": flag, "question_cut": flag, "answer_score": real}
    known |= {f"answer_{name}": whole for name in ("start", "end", "passage")}
    known |= dict.fromkeys(("question", "answers", "answer_text"), text)  # a part without answers has types
    known |= carried
    arrays = {}
    for name, values in table.items():
        try:
            arrays[name] = pa.array(values, known.get(name, text))
        except (pa.ArrowException, OverflowError):  # not of that type
            arrays[name] = pa.array([_text(value) for value in values], text)
    stream = BytesIO()
    pq.write_table(pa.table(arrays), stream)
    return stream.getvalue()


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else to_json(value)
