"""A file → its rows: JSON lines, CSV, TSV or Parquet, one at a time."""

from __future__ import annotations

import csv
import zlib
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import chain, islice
from itertools import count as numbers
from typing import Any, TypeAlias

from tritonqa.bulk.files import opened, to_json
from tritonqa.datasets.files import parsed
from tritonqa.datasets.rows import require_distinct, table_delimiter
from tritonqa.errors import InputError, MissingExtra

Values: TypeAlias = dict[str, Any]
_PARQUET = (".parquet", ".pq")
_AT_ONCE = 256  # rows of Parquet
_LOOKED_AT = 100  # rows that say which columns there are: JSON lines leave out what is null
_NO_TEXT = "not UTF-8, or holds half of a character (a lone surrogate); encode it as UTF-8"
_KEPT = 2_000  # characters of a line that is no row


@dataclass(frozen=True, slots=True)
class Row:
    """A row by its number from 1; reason says why it is none, values then hold what was there."""

    number: int
    values: Values
    reason: str | None = None


def rows(name: str) -> Iterator[Row]:
    """Read a file's rows; raises InputError that names the file where it ends early or is none of these."""
    delimiter = table_delimiter(name)
    if name.lower().removesuffix(".gz").endswith(_PARQUET):
        found = _parquet(name)
    else:
        found = _lines(name) if delimiter is None else _table(name, delimiter)
    number = 0
    try:
        for row in found:
            number = row.number
            yield row
    except (EOFError, zlib.error, OSError) as error:
        raise InputError(f"input {name} is cut short or damaged behind row {number}: {error}") from error
    except UnicodeDecodeError as error:
        raise InputError(
            f"input {name} is not UTF-8 somewhere behind row {number}; encode it as UTF-8"
        ) from error


def first_rows(name: str) -> list[Values]:
    """Return what the first rows of a file hold, those left out that are none."""
    return [row.values for row in islice(rows(name), _LOOKED_AT) if row.reason is None]


def columns(name: str) -> list[str]:
    """Name the columns of a file by its first rows; raises InputError for a file that has none."""
    first = list(islice(rows(name), _LOOKED_AT))
    found = dict.fromkeys(column for row in first if row.reason is None for column in row.values)
    if not found:
        why = f"row {first[0].number}: {first[0].reason}" if first else "it is empty"
        raise InputError(
            f"input {name} holds no row that can be read; {why}; give JSON lines, CSV, TSV or Parquet"
        )
    return list(found)


def parquet_types(name: str) -> Values:
    """Return the columns of a Parquet file with pyarrow's types; of any other file none."""
    if not name.lower().endswith(_PARQUET):
        return {}
    with opened(name) as stream:
        schema = _parquet_file(name, stream).schema_arrow
        return dict(zip(schema.names, schema.types, strict=True))


def count(name: str) -> int | None:
    """Count a file's rows: Parquet says it, a table is read, lines are counted as bytes.

    None for a file that is damaged, which is told where it is read.
    """
    plain = name.lower().removesuffix(".gz")
    try:
        if table_delimiter(name) is not None:
            return sum(1 for _ in rows(name))
        with opened(name) as stream:
            if plain.endswith(_PARQUET):
                return int(_parquet_file(name, stream).metadata.num_rows)
            return sum(block.count(b"\n") for block in iter(lambda: stream.read(1 << 20), b""))
    except (EOFError, zlib.error, OSError, InputError):
        return None


def _lines(name: str) -> Iterator[Row]:
    number = 0
    with opened(name) as stream:
        for raw in stream:
            if raw.strip():
                number += 1
                yield _line(number, raw.removeprefix(BOM_UTF8) if number == 1 else raw)


def _line(number: int, raw: bytes) -> Row:
    try:
        values = parsed(raw.decode())
        if not isinstance(values, dict):
            raise InputError(f"not an object but {type(values).__name__}")
        if b"\\ud" in raw or b"\\uD" in raw:
            to_json(values).encode()  # \ud83d and \ude00 are a character together, and none alone
    except (InputError, UnicodeError) as error:
        reason = str(error).removeprefix("is ") if isinstance(error, InputError) else _NO_TEXT
        return Row(number, {"line": raw.decode("utf-8", "replace").strip()[:_KEPT]}, reason)
    return Row(number, values)


def _table(name: str, delimiter: str) -> Iterator[Row]:
    csv.field_size_limit(2**31 - 1)
    with opened(name) as stream:
        text = TextIOWrapper(stream, "utf-8-sig", newline="")
        head = text.readline()
        if delimiter == "," and ";" in head and "," not in head:
            delimiter = ";"  # as Excel writes CSV where a comma stands in numbers
        lines = csv.DictReader(chain([head] if head else [], text), delimiter=delimiter, strict=True)
        try:
            require_distinct(lines.fieldnames or ())
        except InputError as error:
            raise InputError(f"input {name}: {error}") from error
        except csv.Error as error:
            raise InputError(f"input {name}: its first line names no columns: {error}") from error
        for number in numbers(1):
            try:
                values = next(lines)
            except StopIteration:
                return
            except csv.Error as error:
                if "end of data" in str(error):
                    raise EOFError("a quotation mark opens a cell, and none closes it") from error
                yield Row(number, {}, f"no row of a table, in line {lines.reader.line_num}: {error}")
                continue
            if None in values or None in values.values():
                named = len(lines.fieldnames or ())
                kept = {key: value for key, value in values.items() if key is not None}
                yield Row(number, kept, f"{named} columns are named, not as many given")
            else:
                yield Row(number, dict(values))


def _parquet(name: str) -> Iterator[Row]:
    number = 0
    with opened(name) as stream:
        file = _parquet_file(name, stream)
        try:
            require_distinct(file.schema_arrow.names)
            for batch in file.iter_batches(_AT_ONCE):
                for values in _values(batch, number):
                    number += 1
                    yield Row(number, values)
        except InputError as error:
            raise InputError(f"input {name}: {error}") from error
        except Exception as error:
            if type(error).__module__.startswith("pyarrow") or isinstance(error, OSError):
                raise InputError(f"input {name} is cut short or damaged: {error}") from error
            raise


def _values(batch: Any, before: int) -> list[Values]:
    """Return a batch's rows; raises InputError that names the column of what Python has no form for."""
    try:
        found: list[Values] = batch.to_pylist()
    except (ArithmeticError, ValueError):
        place = f"rows {before + 1} to {before + len(batch)}"
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            try:
                column.to_pylist()
            except (ArithmeticError, ValueError) as error:
                raise InputError(
                    f"column {name!r}, {place} can't be read: {error}; cast it to text"
                ) from error
        raise
    return found


def _parquet_file(name: str, stream: Any) -> Any:
    try:
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile
    except ImportError as error:
        raise MissingExtra("pyarrow", "bulk") from error
    try:
        return ParquetFile(stream)
    except (ArrowException, OSError) as error:
        raise InputError(f"input {name} is cut short or no Parquet file: {error}") from error
