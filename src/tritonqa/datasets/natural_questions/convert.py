"""The official format ↔ the simplified one, object by object."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tritonqa.datasets.natural_questions.parse import is_tag

_KEPT = ("example_id", "question_text", "document_url")
_BEFORE_ATTRIBUTE = re.compile(r"_(?=[A-Za-z][A-Za-z0-9-]*=)")
_BYTES = ("start_byte", "end_byte")


def simplify(record: dict[str, Any]) -> dict[str, Any]:
    """Leave HTML and bytes out of an official object, and join its tokens by blanks.

    Blanks inside a token become underscores, as in <Th_colspan="2">. The same, key by key, as
    simplify_nq_example of the dataset's authors; annotations and document_url may be missing.
    """
    tokens = (token["token"].replace(" ", "_") for token in record["document_tokens"])
    found = {name: record[name] for name in _KEPT if name in record}
    found["document_text"] = " ".join(tokens)
    return found | _with_spans(record, _without_bytes)


def expand(record: dict[str, Any]) -> dict[str, Any]:
    """Write HTML that holds the tokens of a simplified object, and the bytes at which they stand.

    simplify() undoes it. The real page's HTML is lost; what is written here is its tokens, text escaped, a
    blank between two. document_title is the URL's.
    """
    pieces, tokens, at = [], [], 0
    for token in record["document_text"].split(" "):
        tag = is_tag(token)
        piece = _BEFORE_ATTRIBUTE.sub(" ", token) if tag else html.escape(token, quote=False)
        end = at + len(piece.encode())
        tokens.append(
            {"token": piece if tag else token, "start_byte": at, "end_byte": end, "html_token": tag}
        )
        pieces.append(piece)
        at = end + 1

    def placed(span: dict[str, Any]) -> dict[str, Any]:
        first, last = span["start_token"], span["end_token"] - 1
        start, end = (tokens[first]["start_byte"], tokens[last]["end_byte"]) if first >= 0 else (-1, -1)
        return {**span, **dict(zip(_BYTES, (start, end) if start < end else (-1, -1), strict=True))}

    found = {name: record[name] for name in _KEPT if name in record}
    found |= {
        "document_title": title_of(record.get("document_url", "")),
        "question_tokens": record["question_text"].split(),
        "document_html": " ".join(pieces),
        "document_tokens": tokens,
    }
    return found | _with_spans(record, placed)


def _with_spans(record: dict[str, Any], changed: Any) -> dict[str, Any]:
    """Return candidates and annotations with each span changed."""
    found: dict[str, Any] = {
        "long_answer_candidates": [changed(span) for span in record["long_answer_candidates"]]
    }
    if "annotations" in record:
        found["annotations"] = [
            {
                **item,
                "long_answer": changed(item["long_answer"]),
                "short_answers": [changed(span) for span in item["short_answers"]],
            }
            for item in record["annotations"]
        ]
    return found


def _without_bytes(span: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in span.items() if name not in _BYTES}


def title_of(url: str) -> str:
    """Return the title in a page's URL, whatever revision it names; empty where it names none."""
    try:
        titles = parse_qs(urlsplit(html.unescape(url)).query).get("title", [""])
    except ValueError:  # no URL at all
        return ""
    return titles[0].replace("_", " ")
