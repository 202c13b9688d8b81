"""File → predictions: the text found for each question, and how likely it has no answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any

from tritonqa.datasets.files import read_text
from tritonqa.errors import InputError

_TEXTS = ("prediction_text", "prediction", "text", "answer")
_FORMS = "{id: text}, {id: [{text, probability}]}, a list or JSON lines of {id, prediction_text}"


@dataclass(frozen=True, slots=True)
class Predictions:
    """Texts by question id, "" for no answer; na_probs: how likely there is none, where that is known."""

    texts: Mapping[str, str]
    na_probs: Mapping[str, float] = field(default_factory=dict)


def load_predictions(file: Path, na_probs: Path | None = None) -> Predictions:
    """Read predictions in the usual forms.

    SQuAD's {id: text}, its nbest {id: [{text}]}, the list that Hugging Face's metric takes ({id,
    prediction_text, no_answer_probability}), the lines of evaluate --output.
    na_probs is a file {id: probability, or log odds}, as SQuAD's script takes. Raises InputError that names
    the file.
    """
    try:
        texts, chances = _read(read_text(file))
        if na_probs is not None:
            chances = {name: _chance(value, name) for name, value in _object(na_probs).items()}
    except InputError as error:
        raise InputError(f"predictions {file}: {error}") from error
    except RecursionError as error:
        raise InputError(f"predictions {file} is nested too deep; forms are {_FORMS}") from error
    if chances and (missing := next((name for name in texts if name not in chances), None)) is not None:
        raise InputError(f"predictions {file}: question {missing} has no probability of no answer")
    return Predictions(texts, chances)


def _read(text: str) -> tuple[dict[str, str], dict[str, float]]:
    try:
        value = json.loads(text)
    except ValueError as error:
        try:
            value = [json.loads(line) for line in text.split("\n") if line.strip()]
        except ValueError:
            raise InputError(f"not valid JSON: {error}") from error
    if isinstance(value, dict) and ("id" not in value or isinstance(value["id"], dict)):
        return {name: _best(name, item) for name, item in value.items()}, {}
    items = value if isinstance(value, list) else [value]
    if not items or not all(isinstance(item, dict) and "id" in item for item in items):
        raise InputError(f"neither of {_FORMS}")
    texts = {str(item["id"]): _of_row(item) for item in items}
    keys = ("no_answer_probability", "no_answer")
    named = [(str(item["id"]), item[key]) for item in items for key in keys if key in item]
    return texts, {name: _chance(value, name) for name, value in named}


def _best(name: str, value: Any) -> str:
    """Take the text of {id: text}, or the first of nbest's."""
    if isinstance(value, list):
        value = value[0] if value else ""
        value = value.get("text") if isinstance(value, dict) else value
    if not isinstance(value, str):
        raise InputError(f"question {name}: the prediction must be text; forms are {_FORMS}")
    return value


def _of_row(row: dict[str, Any]) -> str:
    for key in _TEXTS:
        if isinstance(row.get(key), str):
            return str(row[key])
    if isinstance(answers := row.get("answers"), list):
        return _best(str(row["id"]), answers)
    raise InputError(f"question {row['id']}: field prediction_text is missing")


def _chance(value: Any, name: str) -> float:
    """Take a probability, or any score that is higher where there is no answer, as log odds are."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise InputError(
            f"question {name}: the probability of no answer must be a finite number, not {value!r:.40}"
        )
    return float(value)


def _object(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(read_text(path))
    except ValueError as error:
        raise InputError(f"na-probs {path} is not valid JSON: {error}") from error
    if not isinstance(found, dict):
        raise InputError(f"na-probs {path} must be a JSON object of question id: probability")
    return found
