"""Keys of several callers: known by their hash, each with a rate."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.web.conftest import ADDRESS, ASK, BEARER
from tritonqa import Reader
from tritonqa.errors import InputError
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
