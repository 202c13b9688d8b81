"""How a library of many passages searches: latency, cold start, memory, disk.

    python benchmarks/library_scale.py DATA [--passages 100000]

DATA holds train/squad-train.jsonl.gz, whose paragraphs, and after them paragraphs of its shuffled sentences,
are the passages, 25 to a document; vectors are random, for only their number and size count here. Questions
are squad-train's.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import resource
import tempfile
import time
from collections.abc import Iterator
from hashlib import sha256
from itertools import islice
from pathlib import Path

import numpy as np
from record import record

from tritonqa.library.document import Document
from tritonqa.library.passages import Passage
from tritonqa.library.passages.analyse import query_terms
from tritonqa.library.status import status
from tritonqa.library.store import EVERYTHING, File, Indexed
from tritonqa.library.store.sqlite import SqliteStore

WIDTH, EACH, QUESTIONS = 384, 25, 200


def texts(rows: list[dict[str, str]], count: int) -> Iterator[str]:
    """Give paragraphs, then as many of shuffled sentences as are wanted."""
    paragraphs = list(dict.fromkeys(row["context"] for row in rows))[:count]
    yield from paragraphs
    sentences = [one for paragraph in paragraphs for one in re.split(r"(?<=[.!?])\s+", paragraph)]
    draw = random.Random(0)
    for _ in range(count - len(paragraphs)):
        yield " ".join(draw.sample(sentences, 5))


def fill(store: SqliteStore, passages: Iterator[str]) -> None:
    """Put passages in documents of EACH, with random vectors."""
    vectors = np.random.default_rng(0)
    with store.write() as writer:
        for number, some in enumerate(iter(lambda: list(islice(passages, EACH)), [])):
            whole = "\n\n".join(some)
            starts = np.cumsum([0, *(len(text) + 2 for text in some)])
            digest = sha256(f"{number}\0{whole}".encode()).hexdigest()
            parts = [
                Passage(int(at), int(at) + len(text), text) for at, text in zip(starts, some, strict=False)
            ]
            file = File(store.folder.parent / f"{number}.txt", len(whole), 1, 2, digest)
            writer.put(file, Indexed(Document(whole, "text", digest=digest), parts))
        writer.optimise()
        while rows := writer.without_vector(5_000):
            made = vectors.normal(size=(len(rows), WIDTH)).astype(np.float32)
            writer.add_vectors(
                [row[0] for row in rows], made / np.linalg.norm(made, axis=1, keepdims=True), "random"
            )
        writer.optimise()


def quantiles(seconds: list[float]) -> dict[str, float]:
    """Return the median and the 95th percentile in milliseconds."""
    return {f"p{q}": round(1000 * float(np.percentile(seconds, q)), 2) for q in (50, 95)}


def search(store: SqliteStore, questions: list[str]) -> dict[str, dict[str, float]]:
    """Time both kinds of search."""
    vector = np.random.default_rng(1).normal(size=WIDTH).astype(np.float32)
    spent: dict[str, list[float]] = {"words": [], "vectors": [], "both": []}
    for question in questions:
        with store.read(EVERYTHING) as view:
            begun = time.perf_counter()
            found = view.lexical(query_terms(question), 100)
            between = time.perf_counter()
            view.dense(vector, 100, also=list(found.scores))
            ended = time.perf_counter()
        for name, seconds in (
            ("words", between - begun),
            ("vectors", ended - between),
            ("both", ended - begun),
        ):
            spent[name].append(seconds)
    return {name: quantiles(seconds) for name, seconds in spent.items()}


def main() -> None:
    """Fill a library and measure it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--passages", type=int, default=100_000)
    options = parser.parse_args()
    with gzip.open(options.data / "train" / "squad-train.jsonl.gz", "rt", encoding="utf-8") as stream:
        rows = [json.loads(line) for line in stream]
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore.create(Path(folder) / "x.library")
        begun = time.perf_counter()
        fill(store, texts(rows, options.passages))
        filled = time.perf_counter() - begun
        store.close()
        begun = time.perf_counter()
        cold = SqliteStore(Path(folder) / "x.library")
        with cold.read(EVERYTHING) as view:
            view.lexical(query_terms("What is a first question?"), 100)
        opened = time.perf_counter() - begun
        draw = random.Random(2)
        held = status(cold)
        figures = {
            "passages": held.passages,
            "search_ms": search(cold, [draw.choice(rows)["question"] for _ in range(QUESTIONS)]),
            "open_and_first_search_s": round(opened, 3),
            "fill_s": round(filled, 1),
            "bytes_per_passage": held.bytes // held.passages,
            "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }
    record("library-scale", figures)


if __name__ == "__main__":
    main()
