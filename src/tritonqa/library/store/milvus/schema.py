"""The collections of a library in a Milvus, and the stamps that say what they were made with."""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import Any

from tritonqa.errors import LibraryError
from tritonqa.library.passages import ANALYSER, Passage, Piece, analyse
from tritonqa.library.store.bm25 import K1, B
from tritonqa.library.store.milvus.client import Client, Fields
from tritonqa.library.store.milvus.records import MilvusRecords
from tritonqa.library.store.records import STAMPS, packed, unpacked
from tritonqa.library.store.searched import searched_passage

SCHEMA = 1
PASSAGES, VECTORS = "", "vectors"
EVERY, NOTHING = "id >= 0", "id < 0"  # ids are positive

_PLAIN = re.compile(r"(?!0x)[0-9a-z]+", re.ASCII)
_TERMS_BYTES = 65_000
_FIELDS: Fields = (
    ("id", "INT64", {"is_primary": True}),
    ("digest", "VARCHAR", {"max_length": 128}),
    (
        "terms",
        "VARCHAR",
        {
            "max_length": 65_535,
            "enable_analyzer": True,
            "enable_match": True,
            "analyzer_params": {"tokenizer": "standard"},
        },
    ),
    ("body", "VARCHAR", {"max_length": 65_535}),
    ("sparse", "SPARSE_FLOAT_VECTOR", {}),
)
_INDEX = {
    "field_name": "sparse",
    "index_type": "SPARSE_INVERTED_INDEX",
    "metric_type": "BM25",
    "params": {"bm25_k1": K1, "bm25_b": B},
}


def create(client: Client) -> None:
    """Make an empty library; the collection of vectors is made when the first come, which have its width."""
    client.create(PASSAGES, _FIELDS, _INDEX, bm25=True)
    MilvusRecords.create(client)
    stamps = {"schema": SCHEMA, "analyser": ANALYSER, "encoder": "", "generation": 0}
    MilvusRecords(client).put(STAMPS, "library", stamps)


def create_vectors(client: Client, width: int) -> None:
    """Make the collection of vectors."""
    fields: Fields = (
        ("id", "INT64", {"is_primary": True}),
        ("digest", "VARCHAR", {"max_length": 128}),
        ("vector", "FLOAT_VECTOR", {"dim": width}),
    )
    index = {"field_name": "vector", "index_type": "FLAT", "metric_type": "COSINE"}
    client.create(VECTORS, fields, index, bm25=False)


def stamps_of(client: Client, *, renewing: bool = False) -> dict[str, Any]:
    """Read what a library was made with; raises LibraryError for none, a newer one, another analyser."""
    where = client.address.shown
    stamps = MilvusRecords(client).get(STAMPS, "library") if client.has("records") else None
    if stamps is None:
        raise LibraryError(
            f"there is no library at {where}; make one with: tritonqa index PATHS --library {where}"
        )
    if stamps["schema"] > SCHEMA:
        raise LibraryError(f"{where} was made by a newer tritonqa; upgrade it with: pip install -U tritonqa")
    if stamps["analyser"] != ANALYSER and not renewing:
        raise LibraryError(
            f"{where} was made with another analyser ({stamps['analyser']}, now {ANALYSER}); "
            f"renew it with: tritonqa library rebuild {where}"
        )
    return dict(stamps)


def passage_row(digest: str, title: str, number: int, passage: Passage) -> dict[str, Any]:
    """Write a passage, the number-th of its document, as a row; raises LibraryError for one too long."""
    terms = analyse(searched_passage(title, passage))
    pieces = [(piece.at, piece.start, piece.end, piece.address) for piece in passage.pieces]
    body = packed((passage.start, passage.end, passage.text, passage.heading, passage.described, pieces))
    words = " ".join(map(encoded, terms))
    if max(len(body), len(words)) > _TERMS_BYTES:
        raise LibraryError(f"a passage of {title or digest} is too long for a Milvus; break its lines")
    return {"id": id_of(digest, number), "digest": digest, "terms": words, "body": body}


def passage_of(body: str) -> Passage:
    """Read a passage back."""
    start, end, text, heading, described, pieces = unpacked(body)
    return Passage(start, end, text, tuple(heading), described, tuple(Piece(*piece) for piece in pieces))


def id_of(digest: str, number: int) -> int:
    """Return the id of a document's passage: the same wherever it is made."""
    name = f"{digest}/{number}".encode()
    return int.from_bytes(blake2b(name, digest_size=8).digest(), "little") >> 1


def encoded(term: str) -> str:
    """Write a term as a word that Milvus's analyser leaves as it is."""
    return term if _PLAIN.fullmatch(term) else "0x" + term.encode().hex()
