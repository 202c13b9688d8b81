"""Files of predictions: the official JSON, and the competition's CSV."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO

from tritonqa.datasets.files import parsed, read_text
from tritonqa.datasets.natural_questions.competition import is_csv, read_csv
from tritonqa.datasets.natural_questions.prediction import Prediction
from tritonqa.errors import InputError


def read_predictions(path: Path) -> dict[int, Prediction]:
    """Read predictions by page, of the official JSON or the competition's CSV (.csv).

    Raises InputError that names file, place and field, also for two predictions of one page.
    """
    rows = read_csv(path) if is_csv(path) else _rows(path)
    found: dict[int, Prediction] = {}
    for row in rows:
        if row.id in found:
            raise InputError(f"predictions {path}: page {row.id} has two predictions; keep one")
        found[row.id] = row
    return found


def write_predictions(stream: TextIO, predictions: Iterable[Prediction], **head: Any) -> None:
    """Write the official JSON, a prediction a line; head are further fields before them."""
    start = json.dumps(head, ensure_ascii=False)[:-1]
    stream.write(f'{start}{", " if head else ""}"predictions": [')
    for i, prediction in enumerate(predictions):
        stream.write(",\n" if i else "\n")
        stream.write(json.dumps(prediction.to_dict(), ensure_ascii=False))
    stream.write("\n]}\n")


def _rows(path: Path) -> Iterable[Prediction]:
    text = read_text(path)
    try:
        record = parsed(text)
    except InputError as error:
        raise InputError(f"predictions {path} {error}") from error
    if not isinstance(record, dict) or not isinstance(record.get("predictions"), list):
        raise InputError(f"predictions {path} must be an object with a list: field predictions")
    for i, item in enumerate(record["predictions"]):
        try:
            yield Prediction.from_dict(item)
        except InputError as error:
            raise InputError(f"predictions {path}, predictions[{i}]: {error}") from error
