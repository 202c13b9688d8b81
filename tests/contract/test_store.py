"""What every store does; a store of another kind joins STORES."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.support.documents import put, put_table, vectors_of
from tests.support.milvus import running
from tritonqa.errors import LibraryError
from tritonqa.library.document import Document, Page
from tritonqa.library.metadata import Metadata
from tritonqa.library.passages import split
from tritonqa.library.passages.analyse import query_terms
from tritonqa.library.store import EVERYTHING, Among, File, Indexed, Reading, Scope, Store
from tritonqa.library.store.haystack import HaystackPlace, HaystackStore
from tritonqa.library.store.milvus import MilvusAddress, MilvusStore
from tritonqa.library.store.sqlite import SqliteStore

Make = Callable[[Path], Store]
STORES = ("sqlite", "milvus", "haystack")

TEXTS = {
    "boats.txt": "The boat sails on the lake. Its sail is red.",
    "trains.txt": "The train to Bremen leaves at nine.",
    "rooms.txt": "The house has forty rooms. The garden has a lake.",
}


@pytest.fixture(params=STORES)
def make(request: pytest.FixtureRequest) -> Iterator[Make]:
    """Make stores of one kind; a path's name tells them apart."""
    if request.param == "sqlite":
        yield SqliteStore.create
        return
    if request.param == "haystack":
        memory = pytest.importorskip("haystack.document_stores.in_memory", reason="needs haystack-ai")
        yield lambda path: HaystackStore(HaystackPlace.of(memory.InMemoryDocumentStore()))
        return
    with running() as address:
        yield lambda path: MilvusStore(MilvusAddress.parse(f"{address}/{path.stem}"), create=True)


@pytest.fixture
def store(make: Make, tmp_path: Path) -> Store:
    made = make(tmp_path / "s.library")
    with made.write() as writer:
        for name, text in TEXTS.items():
            put(writer, tmp_path / name, text)
        rows = writer.without_vector(10)
        writer.add_vectors([row[0] for row in rows], vectors_of([row[1] for row in rows]), "toy 1")
        writer.optimise()
    return made


def found(store: Store, question: str, scope: Scope = EVERYTHING) -> dict[str, float]:
    with store.read(scope) as view:
        scores = view.lexical(query_terms(question), 10).scores
        passages = view.passages(list(scores))
        return {one.files[0].path.name: scores[one.id] for one in passages}


def test_words_find_the_passages_that_hold_them(store: Store) -> None:
    assert set(found(store, "lake")) == {"boats.txt", "rooms.txt"}
    assert list(found(store, "a train to Bremen")) == ["trains.txt"]
    assert found(store, "submarine") == {}


def test_vectors_find_what_is_near(store: Store) -> None:
    with store.read(EVERYTHING) as view:
        assert view.without_vector() == 0
        ids = list(view.lexical(query_terms("train boat rooms"), 10).scores)
        near = view.dense(vectors_of([TEXTS["trains.txt"]])[0], 1)
        assert len(near.scores) == 1
        every = view.dense(vectors_of([TEXTS["trains.txt"]])[0], 10).scores
        assert len(every) == 3 and [*near.scores] == [max(every, key=lambda number: every[number])]
        scores = near.scores_of(ids)
        assert len(ids) > 1 and {*scores} == {*ids, *near.scores}
        assert scores == pytest.approx({number: every[number] for number in scores})


def test_words_score_what_only_vectors_brought(store: Store) -> None:
    with store.read(EVERYTHING) as view:
        ids = list(view.dense(vectors_of(["x"])[0], 10).scores)
        boats = view.lexical(query_terms("the boat on the lake"), 1)
        assert len(boats.scores) == 1 and len(ids) == 3
        scores = boats.scores_of(ids)
        assert len(scores) == 2  # the third passage holds none of the words
        best, other = sorted(scores.values(), reverse=True)
        assert list(boats.scores.values()) == [best] and 0 < other < best < boats.most


def test_a_passage_comes_back_as_it_was(store: Store) -> None:
    with store.read(EVERYTHING) as view:
        passages = view.passages(list(view.lexical(query_terms("lake train"), 10).scores))
        assert len(passages) == 3
        for passage in passages:
            path = passage.files[0].path
            text = view.text(path)
            assert text == TEXTS[path.name] and text[passage.start : passage.end] == passage.text


def test_a_table_comes_back_with_its_headers_and_where_its_words_stand(store: Store, tmp_path: Path) -> None:
    with store.write() as writer:
        put_table(writer, tmp_path / "prices.csv")
    with store.read(EVERYTHING) as view:
        (passage,) = view.passages(list(view.lexical(query_terms("burner"), 10).scores))
    assert passage.described == "Part; Price\nPart: Burner; Price: 120\nPart: Pump; Price: 75"
    assert [piece.address for piece in passage.pieces] == ["A1", "B1", "A2", "B2", "A3", "B3"]
    for piece in passage.pieces:
        read = passage.described[piece.at : piece.at + piece.end - piece.start]
        assert read == passage.text[piece.start : piece.end]


def test_what_is_out_of_scope_is_as_if_it_were_not_there(make: Make, store: Store, tmp_path: Path) -> None:
    alone = make(tmp_path / "alone.library")
    with alone.write() as writer:
        for name in ("boats.txt", "rooms.txt"):
            put(writer, tmp_path / name, TEXTS[name])
    scope = Scope(("boats.txt", "rooms.txt"))
    assert found(store, "the lake of Bremen", scope) == pytest.approx(found(alone, "the lake of Bremen"))
    with store.read(scope) as view:
        assert view.counts().files == 2 and view.text(tmp_path / "trains.txt") is None
        assert len(view.dense(vectors_of(["x"])[0], 10).scores) == 2
    assert found(store, "lake", Scope()) == {}


def test_how_a_document_was_read_is_kept_and_renewed(store: Store, tmp_path: Path) -> None:
    path, copy = tmp_path / "scan.pdf", tmp_path / "copy.pdf"
    document = Document(
        "Sails", "pdf", "Scan", (Page(1, "1", 0, 5, ocr=True),), digest="d", parser="1 pdfium"
    )
    with store.write() as writer:
        writer.put(File(path, 5, 1, 2, "d"), Indexed(document, split(document), "print"))
        writer.put(File(copy, 5, 1, 2, "d"))
        assert Reading("d", "pdf", True, "1 pdfium", "print", "Scan") in writer.readings()
        assert [one.ocr for one in writer.readings()].count(True) == 1
        again = replace(document, notes=("a note",), metadata={"author": ("Ada",)}, parser="2 pdfium")
        writer.read_again(again, "another")
    with store.write() as writer:
        assert Reading("d", "pdf", True, "2 pdfium", "another", "Scan") in writer.readings()
    with store.read(Scope.of(where={"author": "ada"})) as view:
        assert {one.path for one, notes in view.notes() if notes == ("a note",)} == {path, copy}
        assert view.text(copy) == "Sails"


def test_a_document_that_is_read_otherwise_is_replaced_for_all_its_files(
    store: Store, tmp_path: Path
) -> None:
    path, copy = tmp_path / "scan.pdf", tmp_path / "copy.pdf"
    old, new = (Document(text, "pdf", "Scan", digest="d", parser=text) for text in ("Zebra", "Quagga"))
    with store.write() as writer:
        writer.put(File(path, 1, 1, 2, "d"), Indexed(old, split(old), "old"))
        writer.put(File(copy, 1, 1, 2, "d"), meta="a note")
        writer.replace(File(path, 1, 1, 3, "d"), Indexed(new, split(new), "new"))
        assert [one.fingerprint for one in writer.readings() if one.digest == "d"] == ["new"]
        assert writer.files()[path].indexed == 3
        writer.optimise()
    assert not found(store, "zebra") and list(found(store, "quagga")) == ["copy.pdf"]
    with store.read(EVERYTHING) as view:
        assert {view.text(path), view.text(copy)} == {"Quagga"}
        assert {file.path: meta for file, meta in view.metas() if meta} == {copy: "a note"}


def test_what_a_document_says_of_itself_is_kept_and_asked_for(
    make: Make, store: Store, tmp_path: Path
) -> None:
    said: Metadata = {"author": ("Ada Lovelace",), "date": ("2024-05",)}
    alone = make(tmp_path / "alone.library")
    with alone.write() as writer:
        put(writer, tmp_path / "ferry.txt", "The ferry crosses the lake.", metadata=said)
    with store.write() as writer:
        put(writer, tmp_path / "ferry.txt", "The ferry crosses the lake.", metadata=said)
        writer.move(
            tmp_path / "ferry.txt", replace(writer.files()[tmp_path / "ferry.txt"], path=tmp_path / "f")
        )
        writer.put(File(tmp_path / "bad.pdf", 3, 1, 2, reason="is damaged"))
    with store.read(EVERYTHING) as view:
        document, other = view.document(tmp_path / "f"), view.document(tmp_path / "boats.txt")
        assert document and document.metadata == said and other and other.metadata == {}
        (passage,) = view.passages(list(view.words("ferry", 10).scores))
        assert passage.metadata == said
    for scope in (Scope.of(where={"author": "ada*"}), Scope.of(since="2024", until="2024")):
        scores = found(store, "lake", scope)
        assert list(scores) == ["f"]
        assert list(scores.values()) == pytest.approx(list(found(alone, "lake").values()))
        with store.read(scope) as view:
            assert (view.counts().files, view.counts().unreadable) == (1, 0)
    assert found(store, "lake", Scope.of(where={"author": "Grace*"})) == {}


def test_a_removed_file_is_gone_and_a_copy_keeps_its_document(store: Store, tmp_path: Path) -> None:
    with store.write() as writer:
        put(writer, tmp_path / "copy.txt", TEXTS["boats.txt"])
        writer.remove([tmp_path / "boats.txt", tmp_path / "trains.txt"])
        writer.optimise()
    assert set(found(store, "lake train")) == {"copy.txt", "rooms.txt"}
    with store.read(EVERYTHING) as view:
        assert view.counts().passages == 2


def test_a_moved_file_keeps_its_passages_and_vectors(store: Store, tmp_path: Path) -> None:
    with store.write() as writer:
        old = writer.files()[tmp_path / "trains.txt"]
        writer.move(old.path, File(tmp_path / "new.txt", old.size, 1, 2, old.digest))
        assert writer.without_vector(10) == []
    assert list(found(store, "Bremen")) == ["new.txt"]


def test_a_document_that_is_called_otherwise_is_found_by_that_and_keeps_its_vectors(
    store: Store, tmp_path: Path
) -> None:
    text = "The boat sails on the lake."
    with store.write() as writer:
        put(writer, tmp_path / "scan001.txt", text, "scan001")
        rows = writer.without_vector(10)
        writer.add_vectors([row[0] for row in rows], vectors_of([row[1] for row in rows]), "toy 1")
        (digest,) = {one.digest for one in writer.readings() if one.title == "scan001"}
        writer.retitle(digest, "invoice")
        assert writer.without_vector(10) == []
        writer.optimise()
    with store.read(EVERYTHING) as view:
        (passage,) = (one for one in view.passages([*view.words("lake boat", 10).scores]) if one.title)
        assert (passage.title, passage.text) == ("invoice", text) and view.without_vector() == 0
        ids = [*view.dense(vectors_of(["x"])[0], 10).scores]
        assert passage.id in ids and len(ids) == 4
        by_name = view.lexical(query_terms("invoice"), 10).scores_of([passage.id])
        by_old = view.lexical(query_terms("scan001"), 10).scores_of([passage.id])
    if type(store) is not HaystackStore:  # whose own index of words is of contents alone
        assert by_name and not by_old


def test_what_else_is_known_of_a_file_is_kept_with_it(store: Store, tmp_path: Path) -> None:
    with store.write() as writer:
        writer.put(File(tmp_path / "note", 0, 1, 2), meta="a note")
        writer.put(File(tmp_path / "gone", 0, 1, 2), meta="replaced")
        writer.put(File(tmp_path / "gone", 0, 1, 2))
        writer.move(tmp_path / "note", File(tmp_path / "moved", 0, 1, 2))
    with store.read(EVERYTHING) as view:
        found = {file.path.name: meta for file, meta in view.metas()}
        assert found == {**dict.fromkeys([*TEXTS, "gone"], ""), "moved": "a note"}
        assert [meta for _, meta in view.metas([tmp_path / "moved", tmp_path / "none"])] == ["a note"]
    with store.read(Among(frozenset([tmp_path / "boats.txt"]))) as view:
        assert [file.path.name for file, _ in view.metas()] == ["boats.txt"]


def test_a_documents_notes_are_kept_for_all_its_files(store: Store, tmp_path: Path) -> None:
    scan, notes = "The cover of a scan.", ("page 2 has no text layer", "page 3 is damaged")
    with store.write() as writer:
        put(writer, tmp_path / "scan.pdf", scan, notes=notes)
        put(writer, tmp_path / "copy.pdf", scan)
        writer.move(
            tmp_path / "scan.pdf", replace(writer.files()[tmp_path / "scan.pdf"], path=tmp_path / "z")
        )
        digest = writer.files()[tmp_path / "z"].digest
        assert writer.noted("no text layer") == writer.noted("damaged") == {digest}
        assert writer.noted("page 2") == set()
    with store.read(EVERYTHING) as view:
        assert [(file.path.name, said) for file, said in view.notes()] == [("copy.pdf", notes), ("z", notes)]
        document, other = view.document(tmp_path / "z"), view.document(tmp_path / "boats.txt")
        assert document and document.notes == notes and other and other.notes == ()
    with store.read(Scope(("copy.pdf",))) as view:
        assert [file.path.name for file, _ in view.notes()] == ["copy.pdf"]
    with store.write() as writer:
        writer.remove([tmp_path / "z", tmp_path / "copy.pdf"])
        assert writer.noted("") == set()


def test_an_unreadable_file_is_listed_with_its_reason(store: Store, tmp_path: Path) -> None:
    with store.write() as writer:
        writer.put(File(tmp_path / "bad.pdf", 3, 1, 2, reason="is damaged"))
    with store.read(EVERYTHING) as view:
        assert [file.reason for file in view.files() if file.reason] == ["is damaged"]
        assert view.counts().unreadable == 1 and view.counts().files == 3


def test_a_view_stays_what_it_is_while_others_write(store: Store, tmp_path: Path) -> None:
    with store.read(EVERYTHING) as view:
        with store.write() as writer:
            put(writer, tmp_path / "more.txt", "A lake in Finland.")
            writer.remove([tmp_path / "boats.txt"])
            writer.optimise()
        scores = view.lexical(query_terms("lake"), 10).scores
        names = {one.files[0].path.name for one in view.passages(list(scores))}
        kept = {"boats.txt"} if isinstance(store, SqliteStore) else set()  # a Milvus deletes at once
        assert names == {"rooms.txt"} | kept
    assert set(found(store, "lake")) == {"more.txt", "rooms.txt"}


def test_there_is_one_writer(store: Store) -> None:
    with store.write(), pytest.raises(LibraryError, match="another process is writing"), store.write():
        pass


def test_scores_do_not_depend_on_how_often_the_store_was_brought_up_to_date(
    make: Make, store: Store, tmp_path: Path
) -> None:
    often = make(tmp_path / "often.library")
    for name, text in TEXTS.items():
        with often.write() as writer:
            put(writer, tmp_path / name, text)
            writer.optimise()
    one, other = found(store, "the lake of Bremen"), found(often, "the lake of Bremen")
    assert list(one) == list(other) and np.allclose(list(one.values()), list(other.values()))
