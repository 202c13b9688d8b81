"""A row → the asks that it holds, or the reason why it holds none."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tritonqa.bulk.options import ANSWER_COLUMNS, TEXT_COLUMNS, BulkOptions
from tritonqa.bulk.questions import Field
from tritonqa.bulk.tables import Row, Values
from tritonqa.errors import InputError
from tritonqa.text import Ask


@dataclass(frozen=True, slots=True)
class RowAsk:
    """An ask, and what its answer takes along from the row."""

    row: int
    carried: Values
    ask: Ask


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a row holds its question, None where all are asked the same fields, and its text.

    carried are the columns that every part of answers has, as carried_columns() finds them.
    """

    question: str | None
    text: str
    fields: tuple[Field, ...] = ()
    carried: Values = field(default_factory=dict)

    @classmethod
    def of(cls, known: Sequence[str], options: BulkOptions, fields: tuple[Field, ...]) -> Columns:
        """Find the columns; raises InputError that lists those that are there."""
        text = options.text_column or next((name for name in TEXT_COLUMNS if name in known), TEXT_COLUMNS[0])
        question = None if fields else options.question_column
        for option, name in (("question_column", question), ("text_column", text)):
            if name is not None and name not in known:
                raise InputError(
                    f"{option} {name!r} is not there; the columns are {', '.join(known) or 'none'}"
                )
        return cls(question, text, fields)

    def asks(self, row: Row) -> list[RowAsk]:
        """Return a row's asks; raises InputError for a row that is none."""
        if row.reason is not None:
            raise InputError(row.reason)
        passages = _passages(self._value(row, self.text))
        carried = self.carried_values(row.values)
        if self.question is not None:
            return [RowAsk(row.number, carried, Ask.of(self._value(row, self.question), passages))]
        return [
            RowAsk(row.number, {**carried, "field": item.name}, Ask.of(item.question, passages))
            for item in self.fields
        ]

    def carried_values(self, values: Values) -> Values:
        """Return what answers take along from a row, under the names that it has there."""
        return {
            f"input_{name}" if name in self._ours else name: value
            for name, value in values.items()
            if name not in (self.text, self.question)
        }

    @property
    def _ours(self) -> frozenset[str]:
        """Name what an answer's row has of its own: a column of such a name is carried under another."""
        return ANSWER_COLUMNS | {"field"} if self.fields else ANSWER_COLUMNS

    @staticmethod
    def _value(row: Row, column: str) -> Any:
        if row.values.get(column) is None:
            raise InputError(f"column {column!r} is missing or empty")
        return row.values[column]


def _passages(value: Any) -> Any:
    """Read a cell that holds a JSON list of texts, as tables have it; other texts as they are."""
    if isinstance(value, str) and value.startswith("["):
        try:
            found = json.loads(value)
        except (ValueError, RecursionError):
            return value
        return found if isinstance(found, list) and all(isinstance(text, str) for text in found) else value
    return value
