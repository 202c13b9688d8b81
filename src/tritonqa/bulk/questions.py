"""A file of questions → those that are asked of every text."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tritonqa.bulk.tables import Row, rows
from tritonqa.datasets.rows import text_lines
from tritonqa.errors import InputError

_TABLES = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet")


@dataclass(frozen=True, slots=True)
class Field:
    """A question by the name that its answers bear."""

    name: str
    question: str


def load_questions(path: Path) -> tuple[Field, ...]:
    """Read a question a line, or a table with the columns question and, where wanted, field or id.

    Raises InputError for a file without questions, and for a name given twice.
    """
    if path.suffix.lower() in _TABLES:
        found = [_field(path, row) for row in rows(str(path))]
    else:
        found = [Field(line, line) for line in text_lines(path, "questions")]
    if not found:
        raise InputError(f"questions {path} holds no question; give one a line")
    names = [field.name for field in found]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise InputError(f"questions {path} names {twice!r} twice; give each its own")
    return tuple(found)


def _field(path: Path, row: Row) -> Field:
    question = row.values.get("question")
    if row.reason is not None or not isinstance(question, str) or not question.strip():
        why = row.reason or "column question is missing or empty"
        raise InputError(f"questions {path}, row {row.number}: {why}")
    named = (row.values[name] for name in ("field", "id") if row.values.get(name) not in (None, ""))
    return Field(str(next(named, question)), question)
