"""Text of a file → one flat record a question, whatever the layout.

Layouts: SQuAD's articles, a list of rows, {"data": rows}, lists of {context, qas}, the same as JSON lines
(MRQA's among them: Fisch et al. 2019), CSV and TSV with named columns.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any, TypeAlias

from tritonqa.errors import InputError

Record: TypeAlias = dict[str, Any]

_DELIMITERS = {".csv": ",", ".tsv": "\t"}
_QUESTIONS, _PARAGRAPHS = "qas", "paragraphs"


@dataclass(frozen=True, slots=True)
class Row:
    """A question's record, and where in the file it stands, for errors: "line 3"."""

    place: str
    record: Record


def text_lines(path: Path, name: str) -> list[str]:
    """Read a text of one a line, blank lines left out; name says in errors what they are.

    Raises InputError for a file that can't be read, is not UTF-8, or holds none.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = (isinstance(error, OSError) and error.strerror) or error
        raise InputError(
            f"{name} {path} can't be read: {why}; give a text file in UTF-8, one a line"
        ) from error
    found = [line.strip() for line in lines if line.strip()]
    if not found:
        raise InputError(f"{name} {path} holds none; give one a line")
    return found


def table_delimiter(name: str) -> str | None:
    """Return what separates the columns of a file of this name; None where it is no table."""
    plain = name.lower().removesuffix(".gz")
    return next((mark for suffix, mark in _DELIMITERS.items() if plain.endswith(suffix)), None)


def table_rows(text: str, delimiter: str) -> Iterator[Row]:
    """Read a table whose first line names the columns.

    Raises InputError for a line of another length, and for two columns of one name. Where the delimiter is
    not in the first line, another that is: where the comma is the decimal sign, spreadsheets write CSV with
    semicolons.
    """
    csv.field_size_limit(2**31 - 1)
    head = text.partition("\n")[0]
    delimiter = next((mark for mark in (delimiter, *";\t|") if mark in head), delimiter)
    lines = csv.DictReader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        require_distinct(lines.fieldnames or ())
        for record in lines:
            place = f"line {lines.line_num}"
            if None in record or None in record.values():
                raise InputError(
                    f"{place}: {len(lines.fieldnames or ())} columns are named, not as many given"
                )
            yield Row(place, dict(record))
    except csv.Error as error:
        raise InputError(f"line {lines.reader.line_num} is no line of a table: {error}") from error


def require_distinct(columns: Sequence[str]) -> None:
    """Raise InputError for two columns of one name: only the last would be read."""
    if twice := next((name for name in columns if columns.count(name) > 1), None):
        raise InputError(f"column {twice!r:.80} is named twice; give each column a name of its own")


def json_rows(text: str) -> tuple[list[Row], str]:
    """Read JSON or JSON lines; return the rows, and the version that the file says it has ("" for none).

    Raises InputError for what is neither.
    """
    try:
        whole = json.loads(text)
    except json.JSONDecodeError as error:
        return _lines(text, error), ""
    except ValueError as error:
        raise InputError("a number has too many digits to be read") from error
    version = str(whole.get("version", "")) if isinstance(whole, dict) else ""
    if isinstance(whole, dict) and "data" in whole:
        whole = whole["data"]
    if not isinstance(whole, list):
        return list(_flat([("line 1", whole)])), version
    return list(_flat((f"row {i}", item) for i, item in enumerate(whole, 1))), version


def _lines(text: str, error: json.JSONDecodeError) -> list[Row]:
    """Read JSON lines; error is what reading them as one value gave: told where the first line is none."""
    items: list[tuple[str, Any]] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            items.append((f"line {number}", json.loads(line)))
        except json.JSONDecodeError as own:
            where = (number, own.colno) if items else (error.lineno, error.colno)
            raise InputError("not valid JSON: line {}, column {}".format(*where)) from own
    headed = items and isinstance(items[0][1], dict) and "header" in items[0][1]  # MRQA's first line
    return list(_flat(items[1:] if headed else items))


def _flat(items: Iterable[tuple[str, Any]]) -> Iterator[Row]:
    """Give a row a question: an article's and a paragraph's fields go down to its questions."""
    for place, item in items:
        if not isinstance(item, dict):
            raise InputError(f"{place} is not in SQuAD's layout: it is no object but {item!r:.40}")
        for name in (_PARAGRAPHS, _QUESTIONS):
            if name in item:
                if not isinstance(item[name], list):
                    raise InputError(f"{place} is not in SQuAD's layout: field {name!r} is no list")
                rest = {key: value for key, value in item.items() if key not in (_PARAGRAPHS, _QUESTIONS)}
                yield from _flat((place, {**rest, **_object(place, name, part)}) for part in item[name])
                break
        else:
            if "question" not in item and "context" not in item:
                missing = _QUESTIONS if "context" in item else _PARAGRAPHS
                raise InputError(f"{place} is not in SQuAD's layout: field {missing!r} is missing")
            yield Row(place, item)


def _object(place: str, name: str, value: Any) -> Record:
    if not isinstance(value, dict):
        raise InputError(f"{place} is not in SQuAD's layout: {name!r} holds {value!r:.40}, no object")
    return value
