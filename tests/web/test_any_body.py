"""Whatever is sent, no answer is a 500; and what is answered is as the OpenAPI document says."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from starlette.testclient import TestClient

from tests.web.test_ask import ASK
from tritonqa.web.openapi import document

KEYS = (
    "question",
    "passages",
    "options",
    "scope",
    "text",
    "top_k",
    "documents",
    "kinds",
    "id",
    "meta",
    "min_words",
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("\ud800"),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | st.text(), inner, max_size=4)
    ),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.sampled_from(KEYS) | st.text(), VALUES, max_size=5)
NEAR = st.fixed_dictionaries(
    {"question": st.text() | VALUES, "passages": st.text() | st.lists(VALUES, max_size=3) | VALUES}
)


@pytest.mark.parametrize("path", ["/api/ask", "/api/verify"])
@settings(max_examples=150)
@given(body=st.binary(max_size=60) | (OBJECTS | NEAR).map(lambda body: json.dumps(body).encode()))
def test_no_body_is_too_odd(text_client: TestClient, path: str, body: bytes) -> None:
    answered = text_client.post(path, content=body, headers={"Content-Type": "application/json"})
    assert answered.status_code in (200, 400, 422), answered.text
    assert_described(answered.json(), path, str(answered.status_code))


@settings(max_examples=60)
@given(
    query=st.dictionaries(st.sampled_from(("document", "start", "end", "page", "limit", "offset")), st.text())
)
@pytest.mark.parametrize("path", ["/source", "/picture", "/api/documents"])
def test_no_query_is_too_odd(client: TestClient, path: str, query: dict[str, str]) -> None:
    query = {name: value.encode("utf-8", "replace").decode() for name, value in query.items()}
    assert client.get(path, params=query).status_code in (200, 404, 422)


def test_answers_are_as_described(text_client: TestClient, client: TestClient) -> None:
    assert_described(text_client.post("/api/ask", json=ASK).json(), "/api/ask", "200")
    body = {"question": "When does the warranty end?", "no_answer_threshold": 1.0}
    assert_described(client.post("/api/ask", json=body).json(), "/api/ask", "200")
    assert_described(client.get("/api/documents").json(), "/api/documents", "200", "get")


def test_the_description_is_served_and_whole(text_client: TestClient) -> None:
    described = text_client.get("/api/openapi.json").json()
    assert described == document(False) and described["openapi"] == "3.1.0"
    names = set(described["components"]["schemas"])
    used = {ref.rpartition("/")[2] for ref in _refs(described)}
    assert used <= names
    for schema in described["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def assert_described(record: Any, path: str, status: str, method: str = "post") -> None:
    described = document(False)
    schema = described["paths"][path][method]["responses"][status]["content"]["application/json"]["schema"]
    Draft202012Validator({**schema, "components": described["components"]}).validate(record)


def _refs(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if "$ref" in value else []
        return own + [ref for inner in value.values() for ref in _refs(inner)]
    return [ref for inner in value for ref in _refs(inner)] if isinstance(value, list) else []
