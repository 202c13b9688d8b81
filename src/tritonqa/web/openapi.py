"""The API in OpenAPI 3.1."""

from __future__ import annotations

from typing import Any

from tritonqa import __version__
from tritonqa.web import schemas

_ERRORS = {
    "400": "The body is no JSON object, or nested too deep.",
    "401": "The token is missing or wrong.",
    "403": "The request was not meant for this server.",
    "404": "There is no library, or nothing of that name.",
    "405": "The address does not take that method.",
    "413": "The body is too large.",
    "415": "The body is of another type; a file is of no known kind.",
    "422": "A value is wrong; field names it.",
    "429": "Too many wrong tokens, or calls of one key.",
    "503": "The server can't answer now; Retry-After says when to ask again.",
}


def document(token: bool) -> dict[str, Any]:
    """Return the description; with a token, every call needs it."""
    scheme = {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}} if token else {}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "tritonqa",
            "version": __version__,
            "description": "Answers in the documents' own words. Offsets count Unicode code points.",
        },
        **({"security": [{"token": []}]} if token else {}),
        "paths": {
            "/api/ask": {"post": _ask()},
            "/api/verify": {"post": _verify()},
            "/api/documents": {"get": _list(), "post": _add(), "delete": _remove()},
            "/api/events": {"get": _events()},
        },
        "components": {"schemas": schemas.SCHEMAS, **scheme},
    }


def _ask() -> dict[str, Any]:
    events = {"schema": {"type": "string", "description": "Events: progress, then answers or error."}}
    content = {**_json("Answers"), "text/event-stream": events}
    return _call("ask", "Answer a question from passages, or from the library.", "200", content) | _body(
        "Ask"
    )


def _verify() -> dict[str, Any]:
    summary = "Look for each quotation of a text in the library, or in passages."
    return _call("verify", summary, "200", _json("Quotations")) | _body("Verify")


def _list() -> dict[str, Any]:
    whole = {"type": "integer", "minimum": 0, "maximum": 999_999_999}
    parameters = [
        {"name": name, "in": "query", "schema": {**whole, "default": default}}
        for name, default in (("limit", 1000), ("offset", 0))
    ]
    return _call("listDocuments", "List the library's documents.", "200", _json("Documents")) | {
        "parameters": parameters
    }


def _add() -> dict[str, Any]:
    files = {
        "type": "array",
        "minItems": 1,
        "items": {"type": "string", "contentMediaType": "application/octet-stream"},
    }
    form = {"type": "object", "required": ["files"], "properties": {"files": files}}
    body = {"required": True, "content": {"multipart/form-data": {"schema": form}}}
    return _call("addDocuments", "Add files to the library.", "201", _json("Report")) | {"requestBody": body}


def _remove() -> dict[str, Any]:
    parameter = {
        "name": "document",
        "in": "query",
        "required": True,
        "schema": {"type": "string", "minLength": 1},
    }
    return _call("removeDocument", "Forget a document.", "200", _json("Removed")) | {
        "parameters": [parameter]
    }


def _events() -> dict[str, Any]:
    content = {"text/event-stream": {"schema": {"type": "string", "description": "Events named indexing."}}}
    return _call("events", "Follow how far indexing is.", "200", content)


def _call(name: str, summary: str, status: str, content: dict[str, Any]) -> dict[str, Any]:
    retry = {"headers": {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}}
    errors = {
        code: {"description": text, "content": _json("Error")} | (retry if code in ("429", "503") else {})
        for code, text in _ERRORS.items()
    }
    return {
        "operationId": name,
        "summary": summary,
        "responses": {status: {"description": summary, "content": content}, **errors},
    }


def _body(schema: str) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": _json(schema)}}


def _json(schema: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
