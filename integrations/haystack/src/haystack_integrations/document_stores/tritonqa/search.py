"""A query → the documents that may answer it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from haystack import Document

from haystack_integrations.document_stores.tritonqa.records import document_of
from tritonqa.errors import LibraryError
from tritonqa.library.document import page_at
from tritonqa.library.encoder import PACKAGED, Encoder
from tritonqa.library.retrieve import retrieve
from tritonqa.library.store import File, Stored, View


class Search(Enum):
    """
    What a search goes by: words (BM25), meaning (vectors of the library's encoder), or both as one ranking.
    """

    LEXICAL = "lexical"
    DENSE = "dense"
    HYBRID = "hybrid"


@dataclass(frozen=True, slots=True)
class Found:
    """
    A passage with its score.
    """

    passage: Stored
    score: float


def documents_found(view: View, found: Sequence[Found]) -> list[Document]:
    """
    Return the documents of passages, each once, with the score of its best passage.

    :param view:
        Where they are.
    :param found:
        Passages, the best first.
    :returns:
        Documents, the best first.
    """
    best: dict[File, float] = {}
    for one in found:
        for file in one.passage.files:
            best.setdefault(file, one.score)
    records = {file: record for file, record in view.metas([file.path for file in best])}
    return [replace(document_of(view, file, records[file]), score=score) for file, score in best.items()]


def passages_found(found: Sequence[Found]) -> list[Document]:
    """
    Return passages as documents of their own.

    :param found:
        Passages, the best first.
    :returns:
        Documents with file_path, start and end, title, heading and page_number in meta.
    """
    documents = []
    for one in found:
        passage, file = one.passage, one.passage.files[0]
        meta: dict[str, object] = {"file_path": str(file.path), "start": passage.start, "end": passage.end}
        meta |= {"title": passage.title, "heading": list(passage.heading)}
        page = page_at(passage.pages, passage.start)
        meta |= {"page_number": page.number} if page else {}
        name = f"{file.path}#{passage.start}-{passage.end}"
        documents.append(Document(id=name, content=passage.text, meta=meta, score=one.score))
    return documents


def search(view: View, query: str, by: Search, encoder: Encoder | None, limit: int) -> list[Found]:
    """
    Search passages.

    :param view:
        What is searched.
    :param query:
        A text.
    :param by:
        What the search goes by.
    :param encoder:
        The library's, if one is installed.
    :param limit:
        How many passages to return at most.
    :returns:
        Passages, the best first.
    :raises LibraryError:
        If meaning alone is to be searched and no encoder is installed.
    """
    if by is Search.DENSE:
        if encoder is None:
            raise LibraryError(f"a dense search needs an encoder; install it with: pip install {PACKAGED}")
        scores = dict(view.dense(encoder.encode([query])[0], limit).scores)
        ranked = sorted(scores, key=lambda number: (-scores[number], number))
    else:
        given = None if by is Search.LEXICAL else encoder
        scores = {one.id: one.score for one in retrieve(view, query, given, limit)}
        ranked = list(scores)
    return [
        Found(passage, scores[number]) for number, passage in zip(ranked, view.passages(ranked), strict=True)
    ]
