"""Excel workbooks, by openpyxl: a sheet a page."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import Any

from tritonqa.errors import MissingExtra
from tritonqa.library.document import Document
from tritonqa.library.parse.archive import archive
from tritonqa.library.parse.options import ParseOptions
from tritonqa.library.parse.properties import write_properties
from tritonqa.library.parse.source import Source
from tritonqa.library.parse.table import write_table
from tritonqa.library.parse.writer import Writer


def read(source: Source, options: ParseOptions) -> Document:
    """Return the cells' values as they were last computed."""
    try:
        from openpyxl import load_workbook
    except ImportError as error:
        raise MissingExtra("openpyxl", "library") from error
    writer = Writer()
    with archive(source, options) as package:
        title = write_properties(writer, package)
    workbook = load_workbook(io.BytesIO(source.data), read_only=True, data_only=True)
    try:
        for sheet in workbook.worksheets:
            writer.line(2)
            writer.page(sheet.title)
            writer.heading(1, sheet.title, writer.length)
            sheet.reset_dimensions()  # what a file says of its size may be wrong
            write_table(writer, enumerate(_rows(sheet), 1))
    finally:
        workbook.close()
    return writer.document("xlsx", title)


def _rows(sheet: Any) -> Iterator[Sequence[str]]:
    for row in sheet.iter_rows(values_only=True):
        cells = [shown(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        yield cells


def shown(value: object) -> str:
    """Return a cell's value as text: dates as ISO 8601, whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:.15g}"  # as Excel shows it: 19.99, where 19.990000000000002 was computed
    return str(value)
