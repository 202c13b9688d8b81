"""Documents for tests of libraries, put into a store without files."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import numpy as np

from tritonqa.arrays import FloatArray
from tritonqa.library.document import Document
from tritonqa.library.passages import split
from tritonqa.library.store import File, Indexed
from tritonqa.library.store.base import Writer


def put(writer: Writer, path: Path, text: str, title: str = "") -> None:
    """Put a text into a store as if it stood at a path."""
    digest = sha256(f"{title}\0{text}".encode()).hexdigest()
    document = Document(text, "text", title, digest=digest)
    writer.put(File(path, len(text), 1, 2, digest), Indexed(document, split(document)))


def vectors_of(texts: list[str], width: int = 8) -> FloatArray:
    """Make vectors [n, width] of unit length that depend on the texts alone."""
    seeds = [int.from_bytes(sha256(text.encode()).digest()[:4], "little") for text in texts]
    rows = np.stack([np.random.default_rng(seed).normal(size=width) for seed in seeds]).astype(np.float32)
    found: FloatArray = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return found
