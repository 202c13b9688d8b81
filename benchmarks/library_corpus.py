"""Passages of a data file as a library: each passage a document of its own, its id the name of its file."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

from tritonqa.library.document import Document
from tritonqa.library.encoder import find
from tritonqa.library.index.embed import embed
from tritonqa.library.passages import Passage
from tritonqa.library.store import File, Indexed
from tritonqa.library.store.sqlite import SqliteStore
from tritonqa.progress import bar


def lines(path: Path) -> list[dict[str, Any]]:
    """Read JSON lines, gzipped."""
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


def fill(folder: Path, passages: Iterable[tuple[str, str, str]]) -> SqliteStore:
    """Put passages (id, title, text) into a library, with vectors; what was begun goes on."""
    store, encoder = SqliteStore.create(folder), find()
    with store.write() as writer:
        known = writer.files()
        for name, title, text in passages:
            path = folder.parent / f"{name}.txt"
            if path not in known:
                digest = sha256(f"{title}\0{text}".encode()).hexdigest()
                document = Document(text, "text", title, digest=digest)
                writer.put(
                    File(path, len(text), 1, 2, digest), Indexed(document, [Passage(0, len(text), text)])
                )
        writer.optimise()
        if encoder is not None:
            with bar("vectors") as step:
                embed(writer, encoder, 0, step)
        writer.optimise()
    return store


def opendomain(
    data: Path, count: int, *, spread: bool = False
) -> tuple[list[tuple[str, str, str]], dict[str, list[dict[str, Any]]]]:
    """Return the passages of opendomain/, and of each source the first questions, or as many from all of it.

    The first 500 are of three articles of SQuAD's 48 and of four of new-wiki's.
    """
    rows = lines(data / "opendomain" / "passages.jsonl.gz")
    questions: dict[str, list[dict[str, Any]]] = {}
    for row in lines(data / "opendomain" / "questions.jsonl.gz"):
        questions.setdefault(row["source"], []).append(row)
    for source, found in questions.items():
        step = max(1, len(found) // count) if spread else 1
        questions[source] = found[::step][:count]
    return [(row["id"], row["title"], row["text"]) for row in rows], questions
