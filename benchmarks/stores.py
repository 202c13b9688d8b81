"""Recall of a library in a folder, in a Milvus, and over a store of Haystack's, on the same passages.

    python benchmarks/stores.py DATA [--passages 1500] [--questions 300]

Over the first passages of opendomain/ and questions about them; words and meaning together. Milvus is
milvus-lite's server on loopback, Haystack's store the one in memory.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"

import numpy as np
from haystack.document_stores.in_memory import InMemoryDocumentStore
from library_corpus import opendomain
from milvus_lite.adapter.grpc.server import start_server_in_thread
from record import record

from tritonqa.arrays import FloatArray
from tritonqa.evaluate.retrieval import retrieval_figures
from tritonqa.library.document import Document
from tritonqa.library.encoder import Encoder, find
from tritonqa.library.index.embed import embed
from tritonqa.library.passages import Passage
from tritonqa.library.retrieve import retrieve
from tritonqa.library.store import EVERYTHING, File, Indexed, Store
from tritonqa.library.store.haystack import HaystackPlace, HaystackStore
from tritonqa.library.store.milvus import MilvusAddress, MilvusStore
from tritonqa.library.store.sqlite import SqliteStore
from tritonqa.progress import bar


class Once(Encoder):
    """An encoder that makes a text's vector once."""

    def __init__(self, encoder: Encoder) -> None:
        """Take the encoder that makes them."""
        self.name, self.width = encoder.name, encoder.width
        self._encoder, self._known = encoder, dict[str, FloatArray]()

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """Return vectors [n, width]."""
        fresh = [text for text in dict.fromkeys(texts) if text not in self._known]
        if fresh:
            self._known.update(zip(fresh, self._encoder.encode(fresh), strict=True))
        return np.stack([self._known[text] for text in texts])

    def reads(self, text: str) -> bool:
        """Tell whether the model knows the script."""
        return self._encoder.reads(text)


class Corpus:
    """Passages of one title as one document; a passage is known by its document and where it begins."""

    def __init__(self, passages: list[tuple[str, str, str]]) -> None:
        """Join the texts of each title."""
        self.documents: dict[str, list[str]] = {}
        self.names: dict[tuple[str, int], str] = {}
        for name, title, text in passages:
            texts = self.documents.setdefault(title, [])
            self.names[title, sum(len(one) + 1 for one in texts)] = name
            texts.append(text)

    def fill(self, store: Store, encoder: Encoder) -> None:
        """Put the documents into a store, with vectors."""
        with store.write() as writer:
            for title, texts in self.documents.items():
                whole = "\n".join(texts)
                starts = [start for of, start in self.names if of == title]
                digest = sha256(f"{title}\0{whole}".encode()).hexdigest()
                document = Document(whole, "text", title, digest=digest)
                file = File(Path("/corpus") / f"{digest}.txt", len(whole), 1, 2, digest)
                passages = [Passage(at, at + len(one), one) for at, one in zip(starts, texts, strict=True)]
                writer.put(file, Indexed(document, passages))
            with bar("vectors") as step:
                embed(writer, encoder, len(self.names), step)
            writer.optimise()

    def found(self, store: Store, question: str, encoder: Encoder) -> list[str]:
        """Return the names of the passages that a question finds, the best first."""
        with store.read(EVERYTHING) as view:
            stored = view.passages([one.id for one in retrieve(view, question, encoder, 20)])
        return [self.names[one.title, one.start] for one in stored]


def main() -> None:
    """Fill each store, ask each the same, record."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--passages", type=int, default=1500)
    parser.add_argument("--questions", type=int, default=300)
    options = parser.parse_args()
    passages, sources = opendomain(options.data, 10**9)
    corpus = Corpus(passages[: options.passages])
    held = set(corpus.names.values())
    rows = [row for some in sources.values() for row in some if row["passage"] in held][: options.questions]
    found = find()
    assert found is not None, "install tritonqa-encoder-minilm"
    encoder = Once(found)
    figures: dict[str, object] = {"passages": len(corpus.names), "questions": len(rows)}
    with tempfile.TemporaryDirectory() as folder:
        server, database, port = start_server_in_thread(f"{folder}/milvus")
        stores: dict[str, Store] = {
            "folder": SqliteStore.create(Path(folder) / "s.library"),
            "milvus": MilvusStore(MilvusAddress.parse(f"milvus://127.0.0.1:{port}/corpus"), create=True),
            "haystack": HaystackStore(HaystackPlace.of(InMemoryDocumentStore(return_embedding=True))),
        }
        for name, store in stores.items():
            corpus.fill(store, encoder)
            ranked = []
            with bar(name) as step:
                for row in rows:
                    ranked.append(corpus.found(store, row["question"], encoder))
                    step(len(ranked), len(rows))
            figures[name] = retrieval_figures(ranked, [{row["passage"]} for row in rows])
            store.close()
        server.stop(grace=None).wait()
        database.close()
    record("stores", figures)


if __name__ == "__main__":
    main()
