"""The seam: files, passages and vectors kept, and searched as they were at one moment."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from tritonqa.arrays import FloatArray
from tritonqa.library.document import Document, Page
from tritonqa.library.metadata import Metadata
from tritonqa.library.passages import Passage, Piece
from tritonqa.library.passages.analyse import query_terms
from tritonqa.library.store.scope import AnyScope


@dataclass(frozen=True, slots=True)
class File:
    """A file as it was when it was indexed; reason says why one could not be read, and it has no digest then.

    size in bytes; modified and indexed in nanoseconds since the epoch. digest is the SHA-256 of its bytes.
    """

    path: Path
    size: int
    modified: int
    indexed: int
    digest: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Indexed:
    """A document and its passages, as they go into a store; fingerprint tells this reading from others."""

    document: Document
    passages: Iterable[Passage]
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """How the document of these bytes was read; parser and fingerprint are empty where that was not kept."""

    digest: str
    kind: str
    ocr: bool
    parser: str = ""
    fingerprint: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Stored:
    """A passage as a store gives it back; all files that hold its document, in the order of their paths.

    described and pieces as a Passage has them, metadata as the Document.
    """

    id: int
    text: str
    start: int
    end: int
    heading: tuple[str, ...]
    digest: str
    title: str
    kind: str
    pages: tuple[Page, ...]
    files: tuple[File, ...]
    described: str = ""
    pieces: tuple[Piece, ...] = ()
    metadata: Metadata = field(default_factory=dict)


def _none(ids: Sequence[int]) -> Mapping[int, float]:
    return {}


@dataclass(frozen=True, slots=True)
class Found:
    """What a search of one kind gives: scores by passage, and the best score any passage could have had.

    look_up scores passages of the same view that it did not bring, those that have a score.
    """

    scores: Mapping[int, float]
    most: float = 1.0
    look_up: Callable[[Sequence[int]], Mapping[int, float]] = field(default=_none, repr=False)

    def scores_of(self, ids: Iterable[int]) -> Mapping[int, float]:
        """Return the scores of passages, whichever search brought them."""
        others = [number for number in ids if number not in self.scores]
        return {**self.scores, **self.look_up(others)} if others else self.scores


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a search could see: files read and unreadable, and passages."""

    files: int
    unreadable: int
    passages: int


class View(ABC):
    """What a store held at one moment, within a scope: nothing outside of it tells on what is found."""

    generation: int
    has_vectors: bool = True
    """Whether any passage may have one; a question is not embedded where none has."""

    @abstractmethod
    def counts(self) -> Counts:
        """Count what can be seen."""

    @abstractmethod
    def without_vector(self) -> int:
        """Count the passages that have no vector yet; it may take what a search does not."""

    def words(self, question: str, limit: int) -> Found:
        """Return the passages that hold words of a question, the best by BM25."""
        return self.lexical(query_terms(question), limit)

    @abstractmethod
    def lexical(self, terms: Sequence[str], limit: int) -> Found:
        """Return the passages that hold terms, the best by BM25."""

    @abstractmethod
    def dense(self, vector: FloatArray, limit: int) -> Found:
        """Return the passages whose vectors [d] are nearest, by cosine."""

    @abstractmethod
    def passages(self, ids: Sequence[int]) -> list[Stored]:
        """Return passages by their ids, in the same order."""

    @abstractmethod
    def files(self) -> list[File]:
        """List the files, the unreadable ones too, by path."""

    def unreadable(self) -> list[File]:
        """List the files that could not be read, by path."""
        return [file for file in self.files() if file.reason]

    @abstractmethod
    def metas(self, paths: Collection[Path] | None = None) -> Iterator[tuple[File, str]]:
        """Give files, or all, with what else was kept of them."""

    @abstractmethod
    def document(self, path: Path) -> Document | None:
        """Return a file's document as it was indexed, without sections and rows; None where there is none."""

    @abstractmethod
    def notes(self) -> Iterator[tuple[File, tuple[str, ...]]]:
        """Give the files whose documents have notes, with them, by path."""

    def text(self, path: Path) -> str | None:
        """Return the text of a file's document as it was indexed; None where there is none."""
        document = self.document(path)
        return document.text if document is not None else None

    @abstractmethod
    def documents(self, first: Collection[str] = ()) -> Iterator[tuple[Path, Document]]:
        """Give each document once, with the first file that holds it; those of these digests first."""


class Store(ABC):
    """One writer and any number of readers, in any processes."""

    @property
    @abstractmethod
    def encoder(self) -> str:
        """Name the encoder that made the vectors; empty where there are none yet."""

    @property
    @abstractmethod
    def bytes(self) -> int:
        """Say what the store takes on disk; 0 where that is not known."""

    @abstractmethod
    def read(self, scope: AnyScope) -> AbstractContextManager[View]:
        """Open a view of this moment; it stays what it is while others write."""

    @abstractmethod
    def write(self) -> AbstractContextManager[Writer]:
        """Become the one writer; raises LibraryError where another process is."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the store."""


class Writer(ABC):
    """What the one writer of a store does; each call is done whole or not at all."""

    @abstractmethod
    def files(self) -> dict[Path, File]:
        """Return all files."""

    @abstractmethod
    def has(self, digest: str) -> bool:
        """Tell whether a document of these bytes is there."""

    @abstractmethod
    def noted(self, ending: str) -> set[str]:
        """Return the digests of documents that have a note of this ending."""

    @abstractmethod
    def readings(self) -> Iterator[Reading]:
        """Say of each document how it was read."""

    @abstractmethod
    def read_again(self, document: Document, fingerprint: str) -> None:
        """Keep the notes, the metadata and the parser of a document that was parsed anew to the same text."""

    @abstractmethod
    def put(self, file: File, indexed: Indexed | None = None, meta: str = "") -> None:
        """Keep a file in place of what stood at its path: a new document's, a known one's, or unreadable.

        meta is what else is known of it, for View.metas.
        """

    @abstractmethod
    def replace(self, file: File, indexed: Indexed) -> None:
        """Keep a document in place of what its bytes were read as before, for all files that hold them.

        file is one of them, as it is now.
        """

    @abstractmethod
    def remove(self, paths: Iterable[Path]) -> None:
        """Forget files, and documents that no file holds any more, to the last byte."""

    @abstractmethod
    def move(self, old: Path, file: File) -> None:
        """Keep a file that was at another path before."""

    @abstractmethod
    def retitle(self, digest: str, title: str) -> None:
        """Call the document of these bytes otherwise, and find it by that; its vectors stay."""

    @abstractmethod
    def without_vector(self, limit: int) -> list[tuple[int, str]]:
        """Return some passages that have no vector yet: ids, and the texts that vectors are made of."""

    @abstractmethod
    def add_vectors(self, ids: Sequence[int], vectors: FloatArray, encoder: str) -> None:
        """Keep vectors [n, d] of passages, made by an encoder of this name."""

    @abstractmethod
    def renew(self, encoder: str) -> None:
        """Make anew what is derived from the documents, and throw away the vectors of another encoder."""

    @abstractmethod
    def optimise(self) -> None:
        """Bring up to date what searching is quicker with; a search is right without."""
