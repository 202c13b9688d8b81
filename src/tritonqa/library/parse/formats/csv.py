"""CSV and TSV: a line a row."""

from __future__ import annotations

import csv
import io
from collections import Counter

from tritonqa.errors import DocumentError
from tritonqa.library.document import Document
from tritonqa.library.parse.decode import decode
from tritonqa.library.parse.options import ParseOptions
from tritonqa.library.parse.source import Source
from tritonqa.library.parse.table import write_table
from tritonqa.library.parse.writer import Writer

_DELIMITERS = ",;\t|"
_SAMPLE = 50  # rows that tell the delimiter
_FIELD = 1 << 24  # characters of a cell at most


def read(source: Source, options: ParseOptions) -> Document:
    """Return the cells without their quotes, a tab between them."""
    text = decode(source.data)
    csv.field_size_limit(_FIELD)
    writer = Writer()
    try:
        write_table(
            writer, enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(text)), 1)
        )
    except csv.Error as error:
        raise DocumentError(f"is no CSV file ({error}); save it again as CSV in UTF-8") from error
    return writer.document("csv")


def delimiter(text: str) -> str:
    """Return the delimiter by which most of the first rows have one number of cells, above one."""

    def agreeing(candidate: str) -> tuple[int, int]:
        reader = csv.reader(io.StringIO(text[: 1 << 16], newline=""), delimiter=candidate)
        widths = Counter(len(row) for row, _ in zip(reader, range(_SAMPLE), strict=False) if len(row) > 1)
        width, rows = widths.most_common(1)[0] if widths else (0, 0)
        return rows, width

    return max(_DELIMITERS, key=agreeing)
