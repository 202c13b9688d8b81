"""A question's record → its gold answers, in the forms that people's files have."""

from __future__ import annotations

import json
import re
from ast import literal_eval
from io import StringIO
from itertools import pairwise
from token import STRING
from tokenize import TokenError, generate_tokens
from typing import Any, TypeAlias

from tritonqa.errors import InputError

Gold: TypeAlias = tuple[tuple[str, ...], tuple[int, ...]]
"""Texts, and the characters at which they start; -1 where the file does not say."""

_COLUMNS = ("answers", "answer", "answer_text")
_ARRAY = re.compile(r"array\((\[.*?\])(?:,\s*dtype=[\w<>]+)?\)", re.DOTALL)
_YES, _NO = {"true", "yes", "1", "1.0"}, {"false", "no", "0", "0.0", ""}


def has_gold(record: dict[str, Any]) -> bool:
    """Say whether a record says what is right, be it that nothing is."""
    return any(name in record for name in (*_COLUMNS, "detected_answers", "is_impossible"))


def gold_of(record: dict[str, Any]) -> Gold:
    """Return texts and starts; both empty where the passage does not answer.

    Answers count, not is_impossible, as in the official script; an empty text is no answer. Raises InputError
    that names the field.
    """
    impossible = _flag(record.get("is_impossible"))
    if "detected_answers" in record:  # MRQA's, with places; its answers are texts alone
        return _detected(record["detected_answers"], record.get("context"))
    name = next((name for name in _COLUMNS if name in record), None)
    if name is None:
        if impossible:
            return (), ()
        raise InputError("field 'answers' is missing")
    value = _parsed(record[name]) if isinstance(record[name], str) else record[name]
    if value is None:
        return (), ()
    if isinstance(value, dict):
        return _columns(name, value, record)
    if isinstance(value, str):
        return _columns(name, {"text": value, "answer_start": record.get("answer_start")}, record)
    if not isinstance(value, list):
        raise InputError(f"field {name} must be a list of answers, not {value!r:.40}")
    pairs = [_item(name, item) for item in value]
    return _kept([text for text, _ in pairs], [start for _, start in pairs])


def accepted_of(record: dict[str, Any]) -> tuple[str, ...]:
    """Return MRQA's answers: all that counts as right, some of which the passage may say otherwise."""
    answers = record.get("answers")
    if "detected_answers" not in record or not isinstance(answers, list):
        return ()
    return tuple(answer for answer in answers if isinstance(answer, str) and answer)


def _columns(name: str, value: dict[str, Any], record: dict[str, Any]) -> Gold:
    """Read {text: [...], answer_start: [...]}, the columns of Hugging Face's datasets; or one of each."""
    if "text" not in value:
        raise InputError(f"field text of {name} is missing")
    texts, starts = value["text"], value.get("answer_start", record.get("answer_start"))
    texts = [texts] if isinstance(texts, str) else texts
    if not isinstance(texts, list):
        raise InputError(f"field text of {name} must be a text or a list of texts, not {texts!r:.40}")
    if starts is None or starts == "":
        starts = [-1] * len(texts)
    starts = starts if isinstance(starts, list) else [starts]
    if len(texts) != len(starts) and texts != [""]:
        raise InputError(
            f"field {name} has {len(texts)} texts and {len(starts)} answer_start; give a start each"
        )
    return _kept([_text(text) for text in texts], [_start(start) for start in starts])


def _item(name: str, item: Any) -> tuple[str, int]:
    if isinstance(item, str):
        return item, -1
    if not isinstance(item, dict):
        raise InputError(f"field {name} must hold texts or {{text, answer_start}}, not {item!r:.40}")
    if "text" not in item:
        raise InputError(f"field text of {name} is missing")
    return _text(item["text"]), _start(item.get("answer_start", -1))


def _detected(items: Any, context: Any) -> Gold:
    """Read {text, char_spans}: the places count, for the text may be another form of what stands there."""
    try:
        spans = [
            (_text(item["text"]), _start(first), _start(last))
            for item in items
            for first, last in item["char_spans"]
        ]
    except (TypeError, KeyError, ValueError) as error:
        raise InputError("field detected_answers must hold {text, char_spans: [[start, end]]}") from error
    there = context if isinstance(context, str) else ""
    texts = [there[first : last + 1] or text for text, first, last in spans]
    return _kept(texts, [first for _, first, _ in spans])


def _kept(texts: list[str], starts: list[int]) -> Gold:
    kept = [(text, start) for text, start in zip(texts, starts, strict=False) if text]
    return tuple(text for text, _ in kept), tuple(start for _, start in kept)


def _parsed(value: str) -> Any:
    """Read a cell that holds JSON, or Python's own notation as tables of Hugging Face's datasets do."""
    cell = value.strip()
    if not cell.startswith(("[", "{")):
        return value
    for read in (json.loads, lambda text: literal_eval(_without_arrays(text))):
        try:
            return read(cell)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
    return value


def _without_arrays(cell: str) -> str:
    """Write numpy's arrays as lists: pandas' CSV has array(['a', 'b'], dtype=object), or ['a' 'b'].

    Raises SyntaxError for what is no Python.
    """
    line = _ARRAY.sub(r"\1", cell).replace("\n", " ")
    try:
        tokens = list(generate_tokens(StringIO(line).readline))
    except TokenError as error:
        raise SyntaxError(str(error)) from error
    ends = [one.end[1] for one, after in pairwise(tokens) if one.type == after.type == STRING]
    return ",".join(line[start:end] for start, end in pairwise([0, *ends, len(line)]))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise InputError(f"field text must be text, not {value!r:.40}")
    return value


def _start(value: Any) -> int:
    if isinstance(value, float) and value.is_integer():  # a table's whole numbers beside empty cells
        return int(value)
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError as error:
            raise InputError(f"field answer_start must be a whole number, not {value!r:.40}") from error
    if isinstance(value, bool) or not isinstance(value, int):
        raise InputError(f"field answer_start must be a whole number, not {value!r:.40}")
    return value


def _flag(value: Any) -> bool:
    word = str(value).strip().lower() if isinstance(value, str | int | float) else ""
    if value is not None and word not in _YES | _NO:
        raise InputError(f"field is_impossible must be true or false, not {value!r:.40}")
    return word in _YES
