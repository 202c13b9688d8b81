"""What goes between us and the parser's process: frames of JSON, nothing that could run."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from dataclasses import asdict, replace
from itertools import chain
from typing import IO, Any

from tritonqa.library.document import Box, Document, Excerpt, Line, Page, Picture, Row, Section

_LENGTH = 8  # bytes of a frame's length
_LONGEST = 1 << 36  # bytes: far above what a parser's memory holds


def send(stream: IO[bytes], record: dict[str, Any]) -> None:
    """Write a frame."""
    data = json.dumps(record).encode("ascii")
    stream.write(len(data).to_bytes(_LENGTH, "big") + data)
    stream.flush()


def receive(stream: IO[bytes]) -> dict[str, Any] | None:
    """Read a frame; None where the other side has left. Raises ValueError for what is no frame."""
    head = stream.read(_LENGTH)
    if len(head) < _LENGTH:
        return None
    length = int.from_bytes(head, "big")
    if length > _LONGEST:
        raise ValueError(f"a frame of {length} bytes is none of ours")
    data = stream.read(length)
    if len(data) < length:
        return None
    record: dict[str, Any] = json.loads(data)
    return record


def record_of(result: Document | Excerpt | Picture) -> dict[str, Any]:
    """Return the record of a result; rows, of which there may be millions, as plain lists of numbers."""
    if isinstance(result, Excerpt):
        return asdict(result)
    if isinstance(result, Picture):
        return {**asdict(result), "png": b64encode(result.png).decode("ascii")}
    headers: dict[tuple[str, ...], int] = {}
    rows = [
        [row.start, row.end, row.number, headers.setdefault(row.headers, len(headers)), *chain(*row.cells)]
        for row in result.rows
    ]
    plain = asdict(replace(result, rows=(), metadata={}))
    return {**plain, "rows": rows, "headers": list(headers), "metadata": dict(result.metadata)}


def document_of(record: dict[str, Any]) -> Document:
    """Return the document of a record."""
    headers = [tuple(one) for one in record.pop("headers")]
    rows = (
        Row(start, end, number, headers[header], tuple(zip(cells[::2], cells[1::2], strict=True)))
        for start, end, number, header, *cells in record["rows"]
    )
    sections = (Section(one["start"], one["end"], tuple(one["heading"])) for one in record["sections"])
    places = {"pages": pages_of(record["pages"]), "sections": tuple(sections), "rows": tuple(rows)}
    metadata = {name: tuple(values) for name, values in record["metadata"].items()}
    return Document(**{**record, **places, "notes": tuple(record["notes"]), "metadata": metadata})


def pages_of(records: list[dict[str, Any]]) -> tuple[Page, ...]:
    """Return the pages of records."""
    return tuple(Page(**{**one, "lines": tuple(Line(**line) for line in one["lines"])}) for one in records)


def excerpt_of(record: dict[str, Any]) -> Excerpt:
    """Return the excerpt of a record."""
    return Excerpt(record["text"], tuple(Box(**one) for one in record["boxes"]))


def picture_of(record: dict[str, Any]) -> Picture:
    """Return the picture of a record."""
    lines = tuple(Line(**line) for line in record["lines"])
    return Picture(b64decode(record["png"]), record["width"], record["height"], lines)
