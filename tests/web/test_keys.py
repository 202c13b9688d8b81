"""Keys of several callers: known by their hash, each with a rate."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.web.conftest import ADDRESS, ASK, BEARER
from tritonqa import Library, Reader
from tritonqa.errors import InputError
from tritonqa.library.store import Scope
from tritonqa.web import WebOptions, create_app
from tritonqa.web.door.keys import add_key, key_of, read_keys


def test_a_key_is_known_by_its_hash_and_has_a_rate(toy: Reader, tmp_path: Path) -> None:
    file = tmp_path / "keys"
    ada, bob = add_key(file, "ada", 2), add_key(file, "bob")
    assert ada not in file.read_text(encoding="utf-8") and bob not in file.read_text(encoding="utf-8")
    options = WebOptions(host="0.0.0.0", keys=read_keys(file))
    client = TestClient(create_app(toy, options=options), ADDRESS)
    shown = [client.post("/api/ask", json=ASK, headers={"Authorization": f"Bearer {ada}"}) for _ in range(3)]
    assert [one.status_code for one in shown] == [200, 200, 429]
    assert 0 < int(shown[-1].headers["retry-after"]) <= 30 and "2 times a minute" in shown[-1].json()["error"]
    for _ in range(3):
        assert (
            client.post("/api/ask", json=ASK, headers={"Authorization": f"Bearer {bob}"}).status_code == 200
        )
    assert client.post("/api/ask", json=ASK, headers={"Authorization": "Bearer x"}).status_code == 401


def test_the_log_names_the_key(toy: Reader, caplog: pytest.LogCaptureFixture) -> None:
    client = TestClient(create_app(toy, options=WebOptions(keys=(key_of("ada", "secret"),))), ADDRESS)
    with caplog.at_level(logging.INFO, "tritonqa.web.audit"):
        client.post("/api/ask", json=ASK, headers=BEARER)
        client.post("/api/ask", json=ASK)
    assert [json.loads(line)["key"] for line in caplog.messages] == ["ada", None]
    assert "secret" not in caplog.text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "line 1 is no key"),
        ('\n{"name": "a"}', "line 2 is no key"),
        ('{"name": "a", "sha256": "x"}', "64 hexadecimal"),
        (f'{{"name": "a", "sha256": "{"0" * 64}", "per_minute": 0}}', "per_minute"),
        (f'{{"name": "a", "sha256": "{"0" * 64}"}}\n' * 2, "two keys of one name"),
        (f'{{"name": "a", "sha256": "{"0" * 64}", "scope": {{"paths": "*"}}}}', "scope 'paths' is unknown"),
        (f'{{"name": "a", "sha256": "{"0" * 64}", "scope": ["*"]}}', "scope must be an object"),
        ("[]", "line 1 is no key"),
    ],
)
def test_a_file_of_keys_that_is_none_is_refused(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "keys").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=words):
        read_keys(tmp_path / "keys")
    with pytest.raises(InputError, match="--add-key"):
        read_keys(tmp_path / "nowhere")


def test_a_second_key_of_a_name_is_refused(tmp_path: Path) -> None:
    add_key(tmp_path / "keys", "ada")
    with pytest.raises(InputError, match="ada"):
        add_key(tmp_path / "keys", "ada")


HERS = {"Authorization": "Bearer hers"}


@pytest.fixture
def shared(toy: Reader, tmp_path: Path) -> Iterator[tuple[TestClient, Path]]:
    """Serve two people's documents: ada may see hers, boss all."""
    folder = tmp_path / "shared"
    folder.mkdir()
    for name in ("ada", "bob"):
        (folder / name).mkdir()
        (folder / name / "salary.txt").write_text(f"The salary of {name} is 4000 euros.", encoding="utf-8")
    (folder / "bob" / "broken.pdf").write_bytes(b"%PDF-1.7 cut off")
    keys = (key_of("boss", "secret"), key_of("ada", "hers", scope=Scope.of("ada/*")))
    with Library(folder / "x.library", toy) as library:
        library.add([folder / "ada", folder / "bob"], vectors=False)
        with TestClient(create_app(toy, library, WebOptions(keys=keys)), ADDRESS) as client:
            yield client, folder


def test_a_key_sees_no_more_than_it_may(shared: tuple[TestClient, Path]) -> None:
    client, folder = shared
    hers, his = str(folder / "ada" / "salary.txt"), str(folder / "bob" / "salary.txt")
    ask = {"question": "What is the salary of bob?", "no_answer_threshold": 1.0, "top_k": 9}
    for scope in (None, {"documents": "*"}, {"documents": "bob/*"}):
        seen = client.post("/api/ask", json=ask | {"scope": scope}, headers=HERS).json()
        assert {answer["document"] for answer in seen["answers"]} <= {hers}
        assert seen["searched"]["files"] <= 1 and seen["searched"]["unreadable"] == []
    assert client.post("/api/ask", json=ask, headers=BEARER).json()["searched"]["files"] == 2

    held = client.get("/api/documents", headers=HERS).json()
    assert [one["document"] for one in held["documents"]] == [hers]
    assert (held["files"], held["passages"], held["unreadable"]) == (1, 1, [])
    quoted = {"text": '"The salary of bob is 4000 euros."'}
    (mine,) = client.post("/api/verify", json=quoted, headers=HERS).json()["quotations"]
    assert mine["document"] != his and "bob" not in (mine["found"] or "")
    (all_of_it,) = client.post("/api/verify", json=quoted, headers=BEARER).json()["quotations"]
    assert all_of_it["document"] == his

    place: dict[str, str | int] = {"document": his, "start": 0, "end": 3}
    assert client.get("/source", params=place, headers=HERS).status_code == 404
    assert client.get("/source", params=place, headers=BEARER).status_code == 200
    assert client.get("/source", params=place | {"document": hers}, headers=HERS).status_code == 200


def test_a_key_that_sees_a_part_changes_nothing(shared: tuple[TestClient, Path]) -> None:
    client, folder = shared
    hers = str(folder / "ada" / "salary.txt")
    sent = (
        client.post("/api/documents", files={"files": ("new.txt", b"New.")}, headers=HERS),
        client.delete("/api/documents", params={"document": hers}, headers=HERS),
        client.get("/api/events", headers=HERS),
        client.get("/metrics", headers=HERS),
    )
    assert [one.status_code for one in sent] == [403] * 4 and "for asking" in sent[0].json()["error"]
    assert client.get("/api/documents", headers=BEARER).json()["files"] == 2
    assert 'id="drop"' not in client.get("/", headers=HERS).text
    assert 'id="drop"' in client.get("/", headers=BEARER).text


def test_what_a_key_may_see_is_kept_in_its_line(tmp_path: Path) -> None:
    scope = Scope.of("ada/*", "pdf", where={"tags": ["open", "ours"]}, since="2024")
    add_key(tmp_path / "keys", "ada", 60, scope)
    add_key(tmp_path / "keys", "boss")
    add_key(tmp_path / "keys", "nobody", scope=Scope())
    assert [key.scope for key in read_keys(tmp_path / "keys")] == [scope, None, Scope()]
