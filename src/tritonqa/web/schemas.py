"""What the API takes and gives, as JSON Schema."""

from __future__ import annotations

from typing import Any

from tritonqa.spans import Decoding
from tritonqa.web.asking import LIBRARY_OPTIONS

_TEXT: dict[str, Any] = {"type": "string"}
_TEXTS: dict[str, Any] = {"type": "array", "items": _TEXT}
_COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}
_SHARE: dict[str, Any] = {"type": "number", "minimum": 0, "maximum": 1}
_FLAG: dict[str, Any] = {"type": "boolean"}
_FILLED: dict[str, Any] = {"type": "string", "minLength": 1, "pattern": r"\S"}


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {**schema, "type": [schema["type"], "null"]}


def _object(
    needed: dict[str, Any], may: dict[str, Any] | None = None, *, closed: bool = False
) -> dict[str, Any]:
    schema = {"type": "object", "required": list(needed), "properties": {**needed, **(may or {})}}
    return {**schema, "additionalProperties": False} if closed else schema


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _list_of(name: str) -> dict[str, Any]:
    return {"type": "array", "items": _ref(name)}


_DEFAULT = Decoding()
_OPTIONS: dict[str, Any] = {
    "top_k": {"type": ["integer", "null"], "minimum": 1, "default": _DEFAULT.top_k},
    "max_answer_tokens": {"type": ["integer", "null"], "minimum": 1, "default": _DEFAULT.max_answer_tokens},
    "min_score": {**_or_null(_SHARE), "default": _DEFAULT.min_score},
    "per_passage": {**_or_null(_FLAG), "default": _DEFAULT.per_passage},
    "no_answer_threshold": {**_or_null(_SHARE), "default": _DEFAULT.no_answer_threshold},
    "answerable_prior": {
        "type": ["number", "null"],
        "exclusiveMinimum": 0,
        "exclusiveMaximum": 1,
        "default": _DEFAULT.answerable_prior,
    },
}
_PASSAGE = {
    "anyOf": [
        _TEXT,
        _object(
            {"text": _TEXT},
            {"id": {"type": ["string", "integer", "null"]}, "meta": {"type": "object"}},
            closed=True,
        ),
    ]
}
_WITH_TEXT = {"anyOf": [_FILLED, {"type": "object", "properties": {"text": _FILLED}, "required": ["text"]}]}
_PASSAGES = {
    "anyOf": [
        _FILLED,
        {
            "type": "array",
            "items": _PASSAGE,
            "contains": _WITH_TEXT,
            "description": "One at least has words.",
        },
        {"type": "null"},
    ]
}
_NAMES = {"anyOf": [_FILLED, {"type": "array", "items": _FILLED}]}
_DAY = {
    "anyOf": [
        {"type": "null"},
        {"type": "string", "format": "date"},
        {"type": "string", "pattern": "^[1-9][0-9]{3}(-(0[1-9]|1[0-2]))?$"},
    ],
    "description": "A year, a month or a day: 2024-05-31.",
}
_SPAN = {"text": _TEXT, "start": _COUNT, "end": _COUNT, "score": _SHARE, "passage": _COUNT}
_PLACE = {
    "document": _TEXT,
    "start": _COUNT,
    "end": _COUNT,
    "page": _or_null(_COUNT),
    "page_label": _or_null(_TEXT),
    "address": {**_or_null(_TEXT), "description": "A table's cell: B3."},
}
_UNSAID = {name: {"type": "null"} for name in _OPTIONS if name not in LIBRARY_OPTIONS}
_OF_PASSAGES = {
    "required": ["passages"],
    "properties": {"passages": {"type": ["string", "array"]}, "scope": False},
}
_OF_LIBRARY = {"properties": {"passages": {"type": "null"}, "options": {"properties": _UNSAID}, **_UNSAID}}

SCHEMAS: dict[str, Any] = {
    "Error": _object({"error": _TEXT, "field": _or_null(_TEXT)}),
    "Options": {"type": "object", "properties": _OPTIONS, "additionalProperties": False},
    "Ask": {
        **_object(
            {"question": _FILLED},
            {
                "passages": {**_PASSAGES, "description": "Without them the library answers."},
                "options": {"anyOf": [_ref("Options"), {"type": "null"}]},
                "scope": {
                    "type": ["object", "null"],
                    "description": "The documents to search: patterns of paths, formats, patterns of what "
                    "they say of themselves, and bounds of their date.",
                    "properties": {
                        "documents": _NAMES,
                        "kinds": _NAMES,
                        "where": {"type": ["object", "null"], "additionalProperties": _NAMES},
                        "since": _DAY,
                        "until": _DAY,
                    },
                    "additionalProperties": False,
                },
                **_OPTIONS,
            },
            closed=True,
        ),
        "anyOf": [_OF_PASSAGES, _OF_LIBRARY],
    },
    "Box": _object(
        {"page": _COUNT, **{side: {"type": "number"} for side in ("left", "top", "right", "bottom")}}
    ),
    "Citation": _object({**_PLACE, "boxes": _list_of("Box"), "ocr": _FLAG, "status": _TEXT}),
    "Answer": _object(
        _SPAN,
        {
            "context": _TEXT,
            "context_start": _COUNT,
            "document": _TEXT,
            "page": _or_null(_COUNT),
            "page_label": _or_null(_TEXT),
            "address": _or_null(_TEXT),
            "boxes": _list_of("Box"),
            "title": _TEXT,
            "metadata": {"type": "object", "additionalProperties": _TEXTS},
            "citations": _list_of("Citation"),
        },
    ),
    "Searched": _object({"files": _COUNT, "passages": _COUNT, "unreadable": _TEXTS}),
    "Answers": _object(
        {
            "question": _TEXT,
            "answers": _list_of("Answer"),
            "no_answer": _SHARE,
            "calibrated": _FLAG,
            "question_cut": _FLAG,
        },
        {"searched": _ref("Searched"), "notes": _TEXTS},
    ),
    "Verify": _object(
        {"text": _TEXT},
        {
            "passages": {**_PASSAGES, "description": "Without them the library is looked through."},
            "sentences": {**_FLAG, "default": False, "description": "Look for every sentence."},
            "min_words": {"type": "integer", "minimum": 1, "default": 1},
        },
        closed=True,
    ),
    "Quotation": _object(
        {
            "text": _TEXT,
            "status": {"enum": ["verified", "repaired", "not_found"]},
            **{name: _or_null(_TEXT) for name in ("found", "document")},
            **{name: _or_null(_COUNT) for name in ("page", "start", "end")},
        },
        {"ocr": {**_FLAG, "description": "What was found was read from a page's image."}},
    ),
    "Quotations": _object({"quotations": _list_of("Quotation")}),
    "Document": _object({"document": _TEXT, "size": _COUNT, "reason": _or_null(_TEXT)}),
    "Indexing": _object({"stage": _TEXT, "done": _COUNT, "total": _COUNT, "error": _TEXT}),
    "Documents": _object(
        {
            "documents": _list_of("Document"),
            **{name: _COUNT for name in ("files", "passages", "without_vectors")},
            "indexing": _ref("Indexing"),
        }
    ),
    "Skipped": _object({"path": _TEXT, "reason": _TEXT}),
    "Report": _object(
        {
            "added": _TEXTS,
            "changed": _TEXTS,
            "removed": _TEXTS,
            "skipped": _list_of("Skipped"),
            "passages": _COUNT,
        }
    ),
    "Removed": _object({"removed": _TEXTS}),
}
