"""What a Milvus does that a folder does not: it goes away, and is shared."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.support.documents import put, vectors_of
from tests.support.milvus import running
from tritonqa import Library
from tritonqa.errors import InputError, LibraryError
from tritonqa.library.passages.analyse import query_terms
from tritonqa.library.store import EVERYTHING
from tritonqa.library.store.milvus import MilvusAddress, MilvusStore
from tritonqa.library.store.milvus.client import Client
from tritonqa.library.store.milvus.records import MilvusRecords
from tritonqa.library.store.milvus.schema import EVERY, PASSAGES, encoded, id_of
from tritonqa.library.store.records import STAMPS, TEXT, Lease


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with running() as found:
        yield found


@pytest.fixture
def place(address: str, request: pytest.FixtureRequest) -> MilvusAddress:
    return MilvusAddress.parse(f"{address}/c_{abs(hash(request.node.name))}")


def test_words_of_every_script_are_found(place: MilvusAddress, tmp_path: Path) -> None:
    store = MilvusStore(place, create=True)
    texts = {
        "ja": "東京は日本の首都です。",
        "ar": "القاهرة عاصمة مصر",
        "de": "Straße nach Zürich",
        "hex": "0xab 0xcd",
    }
    with store.write() as writer:
        for name, text in texts.items():
            put(writer, tmp_path / name, text)
    with store.read(EVERYTHING) as view:
        for name, query in (("ja", "東京"), ("ar", "القاهرة"), ("de", "strasse ZURICH"), ("hex", "0xab")):
            found = view.passages(list(view.lexical(query_terms(query), 10).scores))
            assert [one.files[0].path.name for one in found] == [name]


def test_encoded_terms_are_words_and_differ() -> None:
    terms = ["lake", "東京", "0x", "0xe69db1", "é", "e", "40", "東"]
    words = [encoded(term) for term in terms]
    assert len(set(words)) == len(terms) and all(word.isascii() and word.isalnum() for word in words)


def test_a_document_of_any_length_comes_back_whole(place: MilvusAddress, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    text = " ".join(f"w{number}" for number in rng.integers(0, 10**9, 40_000))
    store = MilvusStore(place, create=True)
    with store.write() as writer:
        put(writer, tmp_path / "long", text)
        put(writer, tmp_path / "long", text[:1000], title="short now")
    with store.write() as writer:
        put(writer, tmp_path / "again", text)
        assert len(writer.without_vector(500)) > 100
    with store.read(EVERYTHING) as view:
        assert view.text(tmp_path / "again") == text and view.text(tmp_path / "long") == text[:1000]
        assert len(list(view.documents())) == 2


def test_what_a_kill_left_is_not_seen_and_taken_away(place: MilvusAddress, tmp_path: Path) -> None:
    store = MilvusStore(place, create=True)
    with store.write() as writer:
        put(writer, tmp_path / "boats", "A boat on the lake.")
    client = Client(place)
    row = client.query(PASSAGES, EVERY, ("digest", "terms", "body"))[0]
    half = {**row, "id": id_of("half", 0), "digest": "half"}
    half.pop("sparse", None)
    client.upsert(PASSAGES, [half])
    MilvusRecords(client).put(TEXT, "half", "A boat on the lake.")
    with store.read(EVERYTHING) as view:
        assert len(view.lexical(["lake"], 10).scores) == 1 and view.counts().passages == 1
    with store.write() as writer:
        writer.optimise()
    assert client.count(PASSAGES, EVERY) == 1 and MilvusRecords(client).get(TEXT, "half") is None


def test_deleted_is_gone_from_every_collection(place: MilvusAddress, tmp_path: Path) -> None:
    store = MilvusStore(place, create=True)
    with store.write() as writer:
        put(writer, tmp_path / "boats", "A boat on the lake.")
        ((number, text),) = writer.without_vector(10)
        writer.add_vectors([number], vectors_of([text]), "toy 1")
        writer.remove([tmp_path / "boats"])
    client = Client(place)
    assert client.count(PASSAGES, EVERY) == client.count("vectors", EVERY) == 0
    assert list(MilvusRecords(client).all(TEXT)) == [] and store.encoder == "toy 1"


def test_a_writer_that_was_overtaken_is_told_before_it_writes(place: MilvusAddress, tmp_path: Path) -> None:
    store = MilvusStore(place, create=True)
    with store.write() as writer:
        MilvusRecords(Client(place)).put(STAMPS, "writer", {"name": "another", "until": 0})
        with pytest.raises(LibraryError, match="another process is writing to milvus://.* 120 seconds"):
            put(writer, tmp_path / "boats", "A boat.")
    assert MilvusRecords(Client(place)).get(STAMPS, "writer") == {"name": "another", "until": 0}
    lease = Lease(MilvusRecords(Client(place)))
    MilvusRecords(Client(place)).put(STAMPS, "writer", {"name": "killed", "until": 1.0})
    lease.take()
    lease.give_back()
    with store.read(EVERYTHING) as view:
        assert view.files() == []


@pytest.mark.parametrize(
    ("stamp", "words"),
    [
        ({"schema": 99}, "made by a newer tritonqa"),
        ({"analyser": "old/0"}, "another analyser .*tritonqa library rebuild milvus://"),
        ({"encoder": "other 1"}, "vectors of other 1, but the encoder here is"),
    ],
)
def test_other_stamps_are_refused_with_the_remedy(
    place: MilvusAddress, stamp: dict[str, object], words: str
) -> None:
    MilvusStore(place, create=True).close()
    records = MilvusRecords(Client(place))
    records.put(STAMPS, "library", records.get(STAMPS, "library") | stamp)
    with Library(place.shown) as library, pytest.raises(LibraryError, match=words):
        library.search("lake")


def test_renewed_by_this_analyser(place: MilvusAddress, tmp_path: Path) -> None:
    (tmp_path / "boats.txt").write_text("A boat on the lake.", encoding="utf-8")
    with Library(place.shown) as library:
        library.add(tmp_path / "boats.txt", vectors=False)
        records = MilvusRecords(Client(place))
        records.put(STAMPS, "library", records.get(STAMPS, "library") | {"analyser": "old/0"})
    with Library(place.shown) as library:
        assert library.rebuild().passages == 1
        assert [hit.text for hit in library.search("lake")] == ["A boat on the lake."]


def test_bad_addresses_are_one_sentence(address: str) -> None:
    with pytest.raises(InputError, match="names no collection"):
        Library(address)
    with pytest.raises(InputError, match="names no collection"):
        Library(f"{address}/a-b")
    with pytest.raises(InputError, match="no address of a Milvus") as refused:
        Library("milvus://user:secret@/c")
    assert "secret" not in str(refused.value)
    parsed = MilvusAddress.parse("milvus://user:s%40cret@host/c")
    assert parsed.token == "user:s@cret" and "cret" not in repr(parsed) + parsed.shown
    with pytest.raises(LibraryError, match="there is no library at milvus://.*tritonqa index"):
        Library(f"{address}/none").search("lake")
    with pytest.raises(LibraryError, match="look whether it runs") as gone:
        Library("milvus://127.0.0.1:1/c").search("lake")
    assert "\n" not in str(gone.value)


def test_a_milvus_that_goes_away_in_the_middle_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "boats.txt").write_text("A boat on the lake.", encoding="utf-8")
    with running() as address:
        library = Library(f"{address}/gone")
        library.add(tmp_path / "boats.txt", vectors=False)
        assert library.search("lake")
    with pytest.raises(LibraryError, match="does not answer as it should"):
        library.search("lake")
