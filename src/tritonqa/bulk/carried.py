"""Inputs → the columns that answers carry along in tables, the same in all parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tritonqa.bulk.asks import Columns
from tritonqa.bulk.tables import first_rows, parquet_types
from tritonqa.errors import MissingExtra


def carried_columns(format: str, files: Sequence[str], columns: Sequence[Columns]) -> dict[str, Any]:
    """Name the columns that the inputs' first rows bring, in order, and for Parquet pyarrow's type of each.

    JSON lines need none. A type is that of a Parquet file, or of what the first rows of another hold; text
    for what is nested in these, and where inputs differ or say nothing.
    """
    if format == "jsonl":
        return {}
    found: dict[str, set[Any]] = {}
    for file, where in zip(files, columns, strict=True):
        rows = [where.carried_values(values) for values in first_rows(file)]
        types = where.carried_values(parquet_types(file))
        for name in dict.fromkeys(name for row in rows for name in row):
            kinds = found.setdefault(name, set())
            if format == "parquet":
                kinds.add(types.get(name) or _type_of([row.get(name) for row in rows]))
    return {name: _one_of(kinds) if kinds else None for name, kinds in found.items()}


def _type_of(values: list[Any]) -> Any:
    try:
        import pyarrow as pa
    except ImportError as error:
        raise MissingExtra("pyarrow", "bulk") from error
    try:
        found = pa.array(values).type
    except (pa.ArrowException, OverflowError):
        return pa.string()
    return pa.string() if pa.types.is_nested(found) else found


def _one_of(kinds: set[Any]) -> Any:
    import pyarrow as pa

    known = [kind for kind in kinds if kind != pa.null()]
    return known[0] if len(known) == 1 else pa.string()
