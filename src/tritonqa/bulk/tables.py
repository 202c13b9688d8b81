"""A file → its rows: JSON lines, CSV, TSV or Parquet, one at a time."""

from __future__ import annotations

import csv
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import chain
from typing import Any, TypeAlias

from tritonqa.bulk.files import opened
from tritonqa.errors import InputError, MissingExtra

Values: TypeAlias = dict[str, Any]
_DELIMITERS = {".csv": ",", ".tsv": "\t"}
_PARQUET = (".parquet", ".pq")
_AT_ONCE = 256  # rows of Parquet


@dataclass(frozen=True, slots=True)
class Row:
    """A row by its number from 1; reason says why it is none, values then hold what was there."""

    number: int
    values: Values
    reason: str | None = None


def rows(name: str) -> Iterator[Row]:
    """Read a file's rows; raises InputError that names the file where it ends early or is none of these."""
    plain = name.lower().removesuffix(".gz")
    delimiter = next((mark for suffix, mark in _DELIMITERS.items() if plain.endswith(suffix)), None)
    try:
        if plain.endswith(_PARQUET):
            yield from _parquet(name)
        elif delimiter is not None:
            yield from _table(name, delimiter)
        else:
            yield from _lines(name)
    except (EOFError, zlib.error, OSError) as error:
        raise InputError(f"input {name} is cut short or damaged: {error}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"input {name} is not UTF-8 at byte {error.start}; encode it as UTF-8") from error


def columns(name: str) -> list[str]:
    """Name the columns of a file by its first row; raises InputError for a file without rows."""
    why = "it is empty"
    for row in rows(name):
        if row.reason is None:
            return list(row.values)
        why = f"row {row.number}: {row.reason}"
    raise InputError(f"input {name} holds no row that can be read; {why}")


def count(name: str) -> int | None:
    """Count a file's rows where that is cheap: Parquet says it, lines are counted as bytes."""
    plain = name.lower()
    with opened(name) as stream:
        if plain.endswith(_PARQUET):
            return int(_parquet_file(name, stream).metadata.num_rows)
        if plain.endswith((".gz", *_DELIMITERS)):
            return None
        return sum(block.count(b"\n") for block in iter(lambda: stream.read(1 << 20), b""))


def _lines(name: str) -> Iterator[Row]:
    number = 0
    with opened(name) as stream:
        for raw in stream:
            line = raw.decode("utf-8-sig" if number == 0 else "utf-8", "surrogateescape").strip()
            if not line:
                continue
            number += 1
            try:
                values = json.loads(line)
            except (ValueError, RecursionError) as error:
                yield Row(
                    number, {"line": line[:2000].encode("utf-8", "replace").decode()}, f"not JSON: {error}"
                )
                continue
            if isinstance(values, dict):
                yield Row(number, values)
            else:
                yield Row(number, {"line": line[:2000]}, f"not an object but {type(values).__name__}")


def _table(name: str, delimiter: str) -> Iterator[Row]:
    csv.field_size_limit(2**31 - 1)
    with opened(name) as stream:
        text = TextIOWrapper(stream, "utf-8-sig", newline="")
        head = text.readline()
        if delimiter == "," and ";" in head and "," not in head:
            delimiter = ";"  # as Excel writes CSV where a comma stands in numbers
        lines = csv.DictReader(chain([head] if head else [], text), delimiter=delimiter)
        for number, values in enumerate(lines, 1):
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
            for batch in file.iter_batches(_AT_ONCE):
                for values in batch.to_pylist():
                    number += 1
                    yield Row(number, values)
        except Exception as error:
            if type(error).__module__.startswith("pyarrow") or isinstance(error, OSError):
                raise InputError(f"input {name} is cut short or damaged: {error}") from error
            raise


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
