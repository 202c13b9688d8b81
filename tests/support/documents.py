"""Documents for tests of libraries, put into a store without files."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import numpy as np

from tritonqa.arrays import FloatArray
from tritonqa.library.document import Document, Row
from tritonqa.library.metadata import Metadata
from tritonqa.library.passages import split
from tritonqa.library.passages.describe import describe
from tritonqa.library.store import File, Indexed
from tritonqa.library.store.base import Writer


def put(
    writer: Writer,
    path: Path,
    text: str,
    title: str = "",
    notes: tuple[str, ...] = (),
    metadata: Metadata | None = None,
) -> None:
    """Put a text into a store as if it stood at a path."""
    digest = sha256(f"{title}\0{text}".encode()).hexdigest()
    document = Document(text, "text", title, notes=notes, digest=digest, metadata=metadata or {})
    writer.put(File(path, len(text), 1, 2, digest), Indexed(document, split(document)))


def put_table(writer: Writer, path: Path) -> None:
    """Put two rows under a header into a store."""
    text = "Part\tPrice\nBurner\t120\nPump\t75"
    headers = ("Part", "Price")
    rows = (
        Row(0, 10, 1, (), ((0, 4), (5, 10))),
        Row(11, 21, 2, headers, ((11, 17), (18, 21))),
        Row(22, 29, 3, headers, ((22, 26), (27, 29))),
    )
    document = Document(text, "csv", "prices", rows=rows, digest=sha256(text.encode()).hexdigest())
    writer.put(File(path, len(text), 1, 2, document.digest), Indexed(document, split(document)))


def described(row: Row, document: Document) -> str:
    """Return a row with its headers."""
    return describe(document, row.start, row.end)[0]


def vectors_of(texts: list[str], width: int = 8) -> FloatArray:
    """Make vectors [n, width] of unit length that depend on the texts alone."""
    seeds = [int.from_bytes(sha256(text.encode()).digest()[:4], "little") for text in texts]
    rows = np.stack([np.random.default_rng(seed).normal(size=width) for seed in seeds]).astype(np.float32)
    found: FloatArray = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return found
