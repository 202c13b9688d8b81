"""A library over the stores of Haystack: one in memory, and a real server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.documents import vectors_of
from tests.support.postgres import running_postgres
from tritonqa import Library, Reader
from tritonqa.errors import InputError, LibraryError
from tritonqa.library.encoder import find

haystack = pytest.importorskip("haystack", reason="needs haystack-ai")
in_memory = pytest.importorskip("haystack.document_stores.in_memory")

HANDBOOK = "The warranty of the pump ends after 24 months.\n\nAda Lovelace repairs it in Bremen."
GARDEN = "The garden was laid out in 1912 by Gertrude Jekyll."


def document(content: str | None, **fields: Any) -> Any:
    return haystack.Document(content=content, **fields)


@pytest.fixture
def memory() -> Any:
    return in_memory.InMemoryDocumentStore()


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with running_postgres() as address:
        yield address


@pytest.fixture(params=["memory", "pgvector"])
def any_store(request: pytest.FixtureRequest) -> Iterator[Any]:
    """Open each kind of store, as its users do."""
    if request.param == "memory":
        yield in_memory.InMemoryDocumentStore()
        return
    pgvector = pytest.importorskip("haystack_integrations.document_stores.pgvector")
    secret = haystack.utils.Secret.from_token(request.getfixturevalue("postgres"))
    encoder = find()
    store = pgvector.PgvectorDocumentStore(
        connection_string=secret,
        table_name=f"t{abs(hash(request.node.name))}",
        embedding_dimension=encoder.width if encoder else 384,
    )
    yield store
    store.delete_table()
    store.close()


def test_what_another_pipeline_wrote_is_answered_from(any_store: Any, reader: Reader) -> None:
    any_store.write_documents(
        [
            document(f"Foreword.\f{HANDBOOK}", meta={"page_number": 3, "title": "Handbook"}),
            document(GARDEN, id="garden/1", meta={"author": ["Ada", "Grace"], "year": 1912}),
            document(None, meta={"title": "a picture"}),
            document(" "),
        ]
    )
    with Library(any_store, reader) as library:
        answers = library.ask("When does the warranty of the pump end?")
        assert answers[0].text == "after 24 months" and answers[0].page == 4
        assert library.ask("Who laid out the garden?")[0].document.endswith("garden/1")
        assert not library.ask("Who is the queen of Spain?")
        assert answers.searched.files == answers.searched.passages == 2
        within = library.within("garden/*")
        assert not within.ask("When does the warranty of the pump end?") and within.searched().files == 1
        said = library.within("*", where={"author": "grace", "year": "1912"})
        assert said.ask("Who laid out the garden?")[0].metadata["author"] == ("Ada", "Grace")
        assert said.searched().files == 1 and not said.ask("When does the warranty of the pump end?")
    assert any_store.count_documents() == 4


def test_files_are_kept_in_a_store(any_store: Any, reader: Reader, tmp_path: Path) -> None:
    desk = tmp_path / "desk"
    desk.mkdir()
    (desk / "handbook.txt").write_text(HANDBOOK, encoding="utf-8")
    (desk / "garden.txt").write_text(GARDEN, encoding="utf-8")
    (desk / "bad.pdf").write_bytes(b"%PDF-1.7 cut off")
    any_store.write_documents([document("A note of another pipeline on the pump.")])
    with Library(any_store, reader) as library:
        report = library.add(desk)
        assert len(report.added) == 2 and len(report.skipped) == 1 and report.without_vectors == 0
        answer = library.ask("When does the warranty of the pump end?")[0]
        assert answer.text == "24 months" and answer.verified
        assert answer.document == str(desk / "handbook.txt")
        assert library.search("who planned the park?")[0].document == str(desk / "garden.txt"), "by meaning"
        assert library.add(desk).unchanged >= 2
        (desk / "garden.txt").rename(desk / "park.txt")
        assert library.add(desk).moved
        library.remove(desk)
        assert library.status().files == 1
    left = [one for one in any_store.filter_documents() if one.meta.get("tritonqa") != "stamps"]
    assert [one.content for one in left] == ["A note of another pipeline on the pump."]


def test_passages_are_of_use_to_other_pipelines(memory: Any, reader: Reader, tmp_path: Path) -> None:
    (tmp_path / "handbook.txt").write_text(HANDBOOK, encoding="utf-8")
    with Library(memory, reader) as library:
        library.add(tmp_path / "handbook.txt")
    found = memory.bm25_retrieval("warranty", top_k=5)
    assert [one.meta["file_path"] for one in found] == [str(tmp_path / "handbook.txt")]
    assert HANDBOOK[found[0].meta["start"] : found[0].meta["end"]] == found[0].content


def test_a_store_is_named_by_a_file(memory: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import yaml

    memory.write_documents([document(GARDEN)])
    (tmp_path / "store.yaml").write_text(yaml.safe_dump(memory.to_dict()), encoding="utf-8")
    with Library(f"haystack:{tmp_path / 'store.yaml'}") as library:
        assert [hit.text for hit in library.search("garden")] == [GARDEN]
    pytest.importorskip("haystack_integrations.document_stores.pgvector")
    monkeypatch.delenv("PG_CONN_STR", raising=False)
    kind = "haystack_integrations.document_stores.pgvector.document_store.PgvectorDocumentStore"
    (tmp_path / "pg.json").write_text(json.dumps({"type": kind}), encoding="utf-8")
    with pytest.raises(LibraryError, match="PG_CONN_STR"):
        Library(f"haystack:{tmp_path / 'pg.json'}").search("garden")


def test_bad_places_are_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"haystack:.*none\.yaml can't be read"):
        Library(f"haystack:{tmp_path / 'none.yaml'}").search("x")
    (tmp_path / "list.yaml").write_text("- 1\n", encoding="utf-8")
    with pytest.raises(InputError, match="describes no store"):
        Library(f"haystack:{tmp_path / 'list.yaml'}").search("x")
    (tmp_path / "evil.yaml").write_text("type: os.system\n", encoding="utf-8")
    with pytest.raises(LibraryError, match="can't be opened"):
        Library(f"haystack:{tmp_path / 'evil.yaml'}").search("x")
    with pytest.raises(InputError, match="path must be text or a path, not int"):
        Library(3)


def test_a_store_that_goes_away_in_the_middle_is_one_sentence(
    memory: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "garden.txt").write_text(GARDEN, encoding="utf-8")
    library = Library(memory)
    library.add(tmp_path / "garden.txt", vectors=False)

    def gone(*args: Any, **kwargs: Any) -> Any:
        raise ConnectionError("connection refused\nwith many lines")

    monkeypatch.setattr(memory, "filter_documents", gone)
    with pytest.raises(LibraryError, match="connection refused; look whether it runs") as refused:
        library.search("garden")
    assert "\n" not in str(refused.value)


def test_vectors_of_another_encoder_are_refused_until_rebuilt(memory: Any, tmp_path: Path) -> None:
    if find() is None:
        pytest.skip("needs tritonqa-encoder-minilm")
    (tmp_path / "garden.txt").write_text(GARDEN, encoding="utf-8")
    with Library(memory) as library:
        library.add(tmp_path / "garden.txt", vectors=False)
        with library._open.store().write() as writer:
            rows = writer.without_vector(10)
            writer.add_vectors([row[0] for row in rows], vectors_of([row[1] for row in rows]), "other 1")
        with pytest.raises(LibraryError, match="vectors of other 1, but the encoder here is"):
            library.search("garden")
        assert library.rebuild().without_vectors == 0
        assert library.search("who planned the park?")[0].text == GARDEN


def test_vectors_that_a_store_has_no_room_for_are_one_sentence(postgres: str, tmp_path: Path) -> None:
    pgvector = pytest.importorskip("haystack_integrations.document_stores.pgvector")
    if find() is None:
        pytest.skip("needs tritonqa-encoder-minilm")
    store = pgvector.PgvectorDocumentStore(
        connection_string=haystack.utils.Secret.from_token(postgres),
        table_name="narrow",
        embedding_dimension=3,
    )
    (tmp_path / "garden.txt").write_text(GARDEN, encoding="utf-8")
    with (
        Library(store) as library,
        pytest.raises(LibraryError, match="does not answer as it should") as refused,
    ):
        library.add(tmp_path / "garden.txt")
    assert "384" in str(refused.value)
    store.close()


def test_haystack_calls_nobody_when_a_library_imports_it(tmp_path: Path) -> None:
    code = (
        "from tritonqa.library.store.haystack import HaystackPlace as Place\n"
        "try: Place.of('haystack:none.yaml').open()\n"
        "except ValueError: pass\n"
        "from haystack.telemetry import _telemetry\n"
        "assert _telemetry.telemetry is None"
    )
    env = {**os.environ, "HOME": str(tmp_path)}
    env.pop("HAYSTACK_TELEMETRY_ENABLED")
    subprocess.run([sys.executable, "-c", code], env=env, check=True, cwd=tmp_path)
    assert not (tmp_path / ".haystack").exists()
