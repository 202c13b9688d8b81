from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.documents import put
from tritonqa.errors import LibraryError
from tritonqa.library.passages.analyse import query_terms
from tritonqa.library.store import EVERYTHING, Scope
from tritonqa.library.store.sqlite import SqliteStore
from tritonqa.library.store.sqlite.schema import FILE
from tritonqa.library.store.sqlite.segments import Segments
from tritonqa.library.store.sqlite.snapshot import generation_of

WORDS = ("lake", "boat", "train", "garden", "river", "house", "bridge")


def results(store: SqliteStore, question: str, scope: Scope = EVERYTHING) -> list[tuple[str, float]]:
    with store.read(scope) as view:
        scores = view.lexical(query_terms(question), 50).scores
        stored = view.passages(list(scores))
        return sorted((one.files[0].path.name, round(scores[one.id], 5)) for one in stored)


def test_a_passage_scores_the_same_whoever_brought_it(tmp_path: Path) -> None:
    store = SqliteStore.create(tmp_path / "s.library")
    with store.write() as writer:
        for i, word in enumerate(WORDS):
            put(writer, tmp_path / f"{i}.txt", f"lake {word}", str(i))
    with store.read(Scope(tuple(f"{i}.txt" for i in range(5)))) as view:
        every = view.lexical(["lake", "train"], 10).scores
        assert len(every) == 5
        assert view.lexical(["lake", "train"], 1).scores_of(list(every)) == every


@settings(max_examples=20, deadline=None)
@given(
    texts=st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6), min_size=1, max_size=6),
    seen=st.sets(st.integers(0, 5)),
    others=st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6), max_size=4),
)
def test_no_passage_out_of_scope_tells_on_any_result(
    tmp_path_factory: pytest.TempPathFactory,
    texts: list[list[str]],
    seen: set[int],
    others: list[list[str]],
) -> None:
    folder = tmp_path_factory.mktemp("scopes")
    scope = Scope(tuple(f"seen-{i}.txt" for i in seen))
    found = []
    for name, hidden in (("one", []), ("two", others)):
        store = SqliteStore.create(folder / name)
        with store.write() as writer:
            for i, words in enumerate(hidden):
                put(writer, folder / f"hidden-{i}.txt", " ".join(words), "hidden")
            for i, words in enumerate(texts):
                put(writer, folder / f"seen-{i}.txt", " ".join(words), str(i))
        with store.read(scope) as view:
            counts = view.counts()
        found.append((counts.files, counts.passages, results(store, "lake boat train bridge", scope)))
        store.close()
    assert found[0] == found[1]


def test_no_byte_of_a_removed_document_stays(tmp_path: Path) -> None:
    store = SqliteStore.create(tmp_path / "s.library")
    with store.write() as writer:
        put(writer, tmp_path / "keep.txt", "Nothing of note. " * 50)
        put(
            writer, tmp_path / "secret.txt", "The zanzibarquokka sleeps in Ouagadougou. " * 200, "xylophonist"
        )
        writer.optimise()
        writer.remove([tmp_path / "secret.txt"])
        writer.optimise()
    data = b"".join(file.read_bytes() for file in (tmp_path / "s.library").rglob("*") if file.is_file())
    for word in (b"zanzibarquokka", b"Ouagadougou", b"xylophonist", b"secret.txt"):
        assert word not in data
    assert results(store, "zanzibarquokka") == []


def test_a_library_moves_with_its_documents(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    store = SqliteStore.create(home / "s.library")
    with store.write() as writer:
        put(writer, home / "papers" / "a.txt", "The boat sails.")
    store.close()
    home.rename(tmp_path / "elsewhere")
    with SqliteStore(tmp_path / "elsewhere" / "s.library").read(EVERYTHING) as view:
        assert [file.path for file in view.files()] == [tmp_path / "elsewhere" / "papers" / "a.txt"]


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names there are Unicode")
def test_a_name_that_is_not_utf8_is_kept(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt"))
    store = SqliteStore.create(tmp_path / "s.library")
    with store.write() as writer:
        put(writer, path, "The boat sails.")
        assert path in writer.files()


@pytest.mark.parametrize("schema", [2, 3, 4])
def test_a_library_of_an_older_schema_is_brought_up_to_date(tmp_path: Path, schema: int) -> None:
    made = SqliteStore.create(tmp_path / "s.library")
    with made.write() as writer:
        put(writer, tmp_path / "boats.txt", "A boat on the lake.")
    made.close()
    connection = sqlite3.connect(tmp_path / "s.library" / FILE)
    for column in ("parser", "fingerprint", "metadata")[: 2 + (schema < 4)]:
        connection.execute(f"ALTER TABLE documents DROP COLUMN {column}")
    if schema == 2:
        connection.execute("ALTER TABLE files DROP COLUMN meta")
    connection.execute("UPDATE meta SET value = ? WHERE key = 'schema'", (schema,))
    connection.commit()
    connection.close()
    store = SqliteStore(tmp_path / "s.library")
    assert [name for name, _ in results(store, "boat")] == ["boats.txt"]
    with store.read(EVERYTHING) as view:
        assert [meta for _, meta in view.metas()] == [""]
        document = view.document(tmp_path / "boats.txt")
        assert document and document.metadata == {}
    with store.write() as writer:
        assert [(one.parser, one.fingerprint) for one in writer.readings()] == [("", "")]
        put(writer, tmp_path / "ferry.txt", "A ferry.", metadata={"author": ("Ada",)})
    with store.read(Scope.of(where={"author": "ada"})) as view:
        assert [file.path.name for file in view.files()] == ["ferry.txt"]


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE meta SET value = 99 WHERE key = 'schema'", "newer tritonqa"),
        ("UPDATE meta SET value = 1 WHERE key = 'schema'", "older tritonqa.*tritonqa index PATHS --library"),
        ("UPDATE meta SET value = 'old/0' WHERE key = 'analyser'", "tritonqa library rebuild"),
        ("DROP TABLE meta", "no library, or damaged"),
    ],
)
def test_a_library_that_can_not_be_read_is_refused_with_the_remedy(
    tmp_path: Path, statement: str, words: str
) -> None:
    SqliteStore.create(tmp_path / "s.library").close()
    connection = sqlite3.connect(tmp_path / "s.library" / FILE)
    connection.execute(statement)
    connection.commit()
    connection.close()
    with pytest.raises(LibraryError, match=words):
        SqliteStore(tmp_path / "s.library")


def test_a_library_whose_making_was_killed_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "s.library"
    folder.mkdir()
    connection = sqlite3.connect(folder / FILE, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    assert (folder / FILE).is_file()
    store = SqliteStore.create(folder)
    with store.write() as writer:
        put(writer, tmp_path / "a.txt", "The boat sails.")
    assert results(store, "boat")


def test_what_is_derived_can_be_thrown_away_or_damaged(tmp_path: Path) -> None:
    store = SqliteStore.create(tmp_path / "s.library")
    with store.write() as writer:
        for word in WORDS:
            put(writer, tmp_path / f"{word}.txt", f"A {word} and a lake.")
        writer.optimise()
    before = results(store, "lake boat")
    segments = tmp_path / "s.library" / "lexical" / "segments.json"
    segments.write_text('["gone"]', encoding="utf-8")
    assert results(SqliteStore(tmp_path / "s.library"), "lake boat") == before
    shutil.rmtree(segments.parent)
    assert results(SqliteStore(tmp_path / "s.library"), "lake boat") == before


_INDEX = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.support.documents import put
from tritonqa.library.store.sqlite import SqliteStore
store = SqliteStore.create(Path({folder!r}))
with store.write() as writer:
    print("writing", flush=True)
    known = writer.files()
    for i in range(60):
        path = Path({folder!r}).parent / f"{{i}}.txt"
        if path not in known:
            put(writer, path, f"The boat number {{i}} sails on the lake. " * 30, str(i))
        if i % 20 == 19:
            writer.optimise()
        print(i, flush=True)
    writer.optimise()
print("done", flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
def test_a_kill_at_any_moment_loses_nothing_but_the_open_file(tmp_path: Path) -> None:
    root = str(Path(__file__).parents[3])
    folder = tmp_path / "killed" / "s.library"
    folder.parent.mkdir()
    code = _INDEX.format(root=root, folder=str(folder))
    draw = random.Random(3)
    for _ in range(3):
        with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            for _ in range(draw.randint(1, 40)):  # "writing", then a line for each file
                assert process.stdout.readline()
            process.send_signal(signal.SIGKILL)
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)
    whole = tmp_path / "whole" / "s.library"
    whole.parent.mkdir()
    whole_code = _INDEX.format(root=root, folder=str(whole))
    subprocess.run([sys.executable, "-c", whole_code], check=True, stdout=subprocess.DEVNULL)
    question = "boat number 17 30"
    assert results(SqliteStore(folder), question) == results(SqliteStore(whole), question)


def test_readers_never_meet_a_lock_or_half_a_file(tmp_path: Path) -> None:
    """Each file holds the same word in all its passages: a view that saw half of one would find fewer."""
    store = SqliteStore.create(tmp_path / "s.library")
    text = "The boat sails on the lake today and tomorrow. " * 100
    with store.write() as writer:
        put(writer, tmp_path / "0.txt", text, "0")
    whole = len(results(store, "boat"))
    stop = threading.Event()
    failed: list[BaseException] = []

    def look() -> None:
        try:
            other = SqliteStore(tmp_path / "s.library")
            while not stop.is_set():
                with other.read(EVERYTHING) as view:
                    found = len(view.lexical(["boat"], 10_000).scores)
                    assert found and found % whole == 0 and found == view.counts().passages
        except BaseException as error:  # noqa: BLE001 - told to the test's own thread
            failed.append(error)

    threads = [threading.Thread(target=look) for _ in range(2)]
    for thread in threads:
        thread.start()
    with store.write() as writer:
        for i in range(1, 12):
            put(writer, tmp_path / f"{i}.txt", text, str(i))
            writer.optimise()
        writer.remove([tmp_path / "3.txt"])
    stop.set()
    for thread in threads:
        thread.join()
    assert not failed


def test_arrays_are_whole_until_something_is_written(tmp_path: Path) -> None:
    folder = tmp_path / "s.library"
    store = SqliteStore.create(folder)

    def whole() -> bool:
        connection = sqlite3.connect(folder / FILE)
        generation = generation_of(connection)
        connection.close()
        return Segments(folder / "lexical").open(generation).whole

    with store.write() as writer:
        put(writer, tmp_path / "a.txt", "The boat sails.")
        writer.optimise()
        assert whole()
        put(writer, tmp_path / "b.txt", "A boat on a lake.")
        assert not whole()
        assert len(results(SqliteStore(folder), "boat")) == 2
        writer.optimise()
        assert whole()
    assert len(results(SqliteStore(folder), "boat")) == 2
