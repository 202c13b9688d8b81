"""POST /api/ask: the JSON of every wire, from passages and from a library."""

from __future__ import annotations

import json
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient

from tests.support.gated import GatedReader
from tests.web.conftest import HANDBOOK, served
from tritonqa import Library, Reader
from tritonqa.web import Limits, WebOptions, create_app

TEXT = "👍🏽 The library has 40 rooms, and Ada wrote its catalogue in 1843."
ASK = {"question": "How many rooms has the library?", "passages": TEXT, "no_answer_threshold": 1.0}


def test_the_answer_is_the_readers_own(text_client: TestClient, toy: Reader) -> None:
    expected = toy.ask(ASK["question"], TEXT, no_answer_threshold=1.0).to_dict()  # type: ignore[arg-type]
    assert expected["answers"]
    assert text_client.post("/api/ask", json=ASK).json() == expected


def test_options_may_stand_by_themselves(text_client: TestClient) -> None:
    inside = {
        "question": ASK["question"],
        "passages": [TEXT],
        "options": {"no_answer_threshold": 1, "top_k": 2},
    }
    assert len(text_client.post("/api/ask", json=inside).json()["answers"]) == 2


def test_passages_keep_their_ids(text_client: TestClient) -> None:
    passages = [{"text": TEXT, "id": "a", "meta": {"half": "\ud800"}}]
    sent = json.dumps({**ASK, "passages": passages})
    answered = text_client.post("/api/ask", content=sent, headers={"Content-Type": "application/json"})
    assert answered.json()["answers"][0]["id"] == "a"


def test_progress_comes_as_events(text_client: TestClient) -> None:
    body = {**ASK, "passages": [TEXT] * 40}
    with text_client.stream(
        "POST", "/api/ask", json=body, headers={"Accept": "text/event-stream"}
    ) as answered:
        events = events_of("".join(answered.iter_text()))
    assert answered.headers["content-type"].startswith("text/event-stream")
    assert [name for name, _ in events][-1] == "answers"
    assert any(name == "progress" and data["done"] <= data["total"] for name, data in events)
    assert events[-1][1] == text_client.post("/api/ask", json=body).json()


def test_an_error_comes_as_an_event_too(text_client: TestClient) -> None:
    headers = {"Accept": "text/event-stream"}
    answered = text_client.post("/api/ask", json={"question": "Who?"}, headers=headers)
    ((name, data),) = events_of(answered.text)
    assert name == "error" and data["status"] == 422 and data["field"] == "passages"


def test_a_library_says_where(client: TestClient, desk: Path) -> None:
    answered = client.post("/api/ask", json={"question": "When does the warranty of the pump end?"}).json()
    best = answered["answers"][0]
    assert best["document"] == str(desk / "handbook.txt")
    assert HANDBOOK[best["start"] : best["end"]] == best["text"] == "24 months"
    searched = answered["searched"]
    assert searched.pop("passages") >= 2 and searched == {"files": 2, "unreadable": []}


def test_a_scope_leaves_out_what_is_not_in_it(client: TestClient, desk: Path) -> None:
    body = {"question": "When does the warranty end?", "scope": {"kinds": "pdf"}, "no_answer_threshold": 1.0}
    answered = client.post("/api/ask", json=body).json()
    assert {answer["document"] for answer in answered["answers"]} == {str(desk / "boiler.pdf")}
    assert answered["answers"][0]["page"] == 2 and answered["answers"][0]["boxes"]
    assert answered["answers"][0]["metadata"]["author"] == ["Lovelace, Ada", "Charles Babbage"]
    for scope in (
        {"where": {"author": "lovelace*"}, "since": "2024-05", "until": None},
        {"until": "2024-05-31"},
    ):
        said = client.post("/api/ask", json=body | {"scope": scope}).json()
        assert said["answers"][0]["document"] == str(desk / "boiler.pdf") and said["searched"]["files"] == 1
    nobody = client.post("/api/ask", json=body | {"scope": {"where": {"author": "Grace*"}}}).json()
    assert nobody["answers"] == [] and nobody["searched"]["files"] == 0


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 422, "question"),
        ({"question": "Who?"}, 422, "passages"),
        ({"question": 5, "passages": "x"}, 422, "question"),
        ({"question": " ", "passages": "x"}, 422, "question"),
        ({"question": "Who?", "passages": []}, 422, "passages"),
        ({"question": "Who?", "passages": [None]}, 422, "passages[0]"),
        ({"question": "Who?", "passages": "x", "top_k": 0}, 422, "top_k"),
        ({"question": "Who?", "passages": "x", "options": {"topk": 1}}, 422, "options.topk"),
        ({"question": "Who?", "passages": "x", "options": []}, 422, "options"),
        ({"question": "Who?", "passages": "x", "scope": {}}, 422, "scope"),
        ({"question": "Who?", "passages": "x", "contexts": 1}, 422, "contexts"),
        ({"question": "Who?", "scope": {"author": "Ada"}}, 422, "scope"),
        ({"question": "Who?", "scope": {"where": "Ada"}}, 422, "scope.where"),
        ({"question": "Who?", "scope": {"where": {"author": [1]}}}, 422, "scope.where.author[0]"),
        ({"question": "Who?", "scope": {"since": "soon"}}, 422, "scope.since"),
        ({"question": "Who?", "scope": {"until": 2024}}, 422, "scope.until"),
        ([], 400, None),
    ],
)
def test_what_is_wrong_is_named(text_client: TestClient, body: Any, status: int, field: str | None) -> None:
    answered = text_client.post("/api/ask", json=body)
    assert answered.status_code == status, answered.text
    assert answered.json()["field"] == field and answered.json()["error"]


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b'{"question": NaN}', 400),
        (b'{"question": 1e999}', 400),
        (b"\xff\xfe\xff", 400),
        (b"[" * 100_000, 400),
        (b'{"question": ' + b"[" * 40 + b"]" * 40 + b"}", 400),
        (b'{"question": "\\ud800", "passages": "x"}', 422),
        (b'{"question": ' + b"9" * 5000 + b"}", 400),
    ],
)
def test_a_damaged_body_is_refused(text_client: TestClient, content: bytes, status: int) -> None:
    answered = text_client.post("/api/ask", content=content, headers={"Content-Type": "application/json"})
    assert answered.status_code == status and answered.json()["error"]


def test_another_type_is_refused(text_client: TestClient) -> None:
    assert text_client.post("/api/ask", data={"question": "Who?"}).status_code == 415
    assert text_client.post("/api/ask", content=b"{}").status_code == 415


def test_too_much_is_refused(toy: Reader) -> None:
    limits = Limits(body_megabytes=0.001)
    with TestClient(create_app(toy, options=WebOptions(limits=limits)), "http://localhost") as client:
        assert client.post("/api/ask", json={**ASK, "passages": "x" * 2000}).status_code == 413
        pieces = (b"x" * 100 for _ in range(20))
        headers = {"Content-Type": "application/json"}
        assert client.post("/api/ask", content=pieces, headers=headers).status_code == 413
        assert client.post("/api/ask", json=ASK).status_code == 200


def test_a_reader_that_is_gone_is_told(toy: Reader, text_client: TestClient) -> None:
    toy.close()
    answered = text_client.post("/api/ask", json=ASK)
    assert answered.status_code == 503 and int(answered.headers["retry-after"]) > 0


def test_what_a_caller_who_hung_up_asked_is_not_read_on(tmp_path: Path) -> None:
    (tmp_path / "long.txt").write_text("The pump runs for 24 months. " * 200, encoding="utf-8")
    with GatedReader() as slow, Library(tmp_path / "x.library", slow) as library:
        library.add(tmp_path / "long.txt", vectors=False)
        with served(create_app(slow, library)) as base:
            connection = sent(base, {"question": "How long does the pump run?"})
            slow.until_it_reads()
            connection.close()
            assert slow.let_go() == 1


def test_what_a_library_did_not_answer_in_time_is_not_read_on(tmp_path: Path) -> None:
    """The gate stays shut, so the time always runs out; no more than what ran by then has run."""
    (tmp_path / "long.txt").write_text("The pump runs for 24 months. " * 200, encoding="utf-8")
    options = WebOptions(limits=Limits(seconds=1))
    with GatedReader() as slow, Library(tmp_path / "x.library", slow) as library:
        library.add(tmp_path / "long.txt", vectors=False)
        with served(create_app(slow, library, options)) as base:
            with closing(sent(base, {"question": "How long does the pump run?"})) as connection:
                answered = connection.getresponse()
                assert answered.status == 503 and int(answered.headers["retry-after"]) > 0
                assert slow.let_go() <= 1


def sent(base: str, body: dict[str, Any]) -> HTTPConnection:
    connection = HTTPConnection(urlsplit(base).netloc)
    connection.request("POST", "/api/ask", json.dumps(body), {"Content-Type": "application/json"})
    return connection


def test_a_library_tells_its_progress(client: TestClient) -> None:
    body, headers = {"question": "When does the warranty of the pump end?"}, {"Accept": "text/event-stream"}
    told = events_of(client.post("/api/ask", json=body, headers=headers).text)
    assert told[0][0] == "progress" and told[-1] == ("answers", client.post("/api/ask", json=body).json())


def events_of(text: str) -> list[tuple[str, Any]]:
    parts = [part.split("\n", 1) for part in text.strip().split("\n\n")]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in parts]


def test_a_length_beyond_any_text_is_one_of_the_text(text_client: TestClient) -> None:
    asked = [
        text_client.post("/api/ask", json={**ASK, "max_answer_tokens": n}).json() for n in (10**30, 10**4)
    ]
    assert asked[0] == asked[1] and asked[0]["answers"]


def test_two_point_nought_is_two(text_client: TestClient) -> None:
    whole = text_client.post("/api/ask", json={**ASK, "top_k": 2})
    sent = whole.request.content.replace(b'"top_k":2', b'"top_k":2.0')
    headers = {"Content-Type": "application/json"}
    assert sent != whole.request.content
    assert text_client.post("/api/ask", content=sent, headers=headers).json() == whole.json()
