"""Predictions ↔ the CSV of the competition "TensorFlow 2.0 Question Answering".

Two rows a page, ID_long and ID_short: nothing, or tokens start:end, or for the short answer YES or NO.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from tritonqa.datasets.files import read_text
from tritonqa.datasets.natural_questions.page import PageSpan
from tritonqa.datasets.natural_questions.prediction import Prediction
from tritonqa.datasets.rows import Row, table_rows
from tritonqa.errors import InputError

_HEAD = ("example_id", "PredictionString")
_ID = re.compile(r"(-?\d{1,40})_(long|short)")
_TOKENS = re.compile(r"(\d{1,9}):(\d{1,9})")


def is_csv(path: Path) -> bool:
    """Say whether a file of predictions is the competition's, by its name."""
    return path.suffix.lower() == ".csv"


def write_csv(stream: TextIO, predictions: Iterable[Prediction], long_from: float, short_from: float) -> None:
    """Write what scores at least long_from, or short_from; of several short spans the first alone."""
    rows = csv.writer(stream, lineterminator="\n")
    rows.writerow(_HEAD)
    for found in predictions:
        answered = found.has_long and found.long_score >= long_from
        rows.writerow((f"{found.id}_long", _tokens(found.long) if answered else ""))
        short = "" if found.yes_no == "NONE" else found.yes_no
        if found.has_short and not short:
            short = _tokens(next(span for span in found.short if not span.is_null))
        rows.writerow((f"{found.id}_short", short if found.short_score >= short_from else ""))


def read_csv(path: Path) -> Iterator[Prediction]:
    """Give the predictions in the order of their first rows; what is answered scores 1, what is not 0.

    Raises InputError that names line and field.
    """
    found: dict[int, Prediction] = {}
    seen: set[str] = set()
    text = read_text(path)
    try:
        for row in table_rows(text, ","):
            if not set(_HEAD) <= row.record.keys():
                break
            named = _ID.fullmatch(row.record["example_id"])
            if named is None or named[0] in seen:
                what = "is there twice" if named else "must be ID_long or ID_short"
                raise _wrong(row, "example_id", what)
            seen.add(named[0])
            known = found.get(int(named[1]), Prediction(int(named[1])))
            try:
                found[known.id] = _with(known, named[2], row.record["PredictionString"].strip())
            except ValueError as error:
                raise _wrong(row, "PredictionString", str(error)) from error
    except InputError as error:
        raise InputError(f"predictions {path}, {error}") from error
    if not found and not text.startswith(",".join(_HEAD)):
        raise InputError(f"predictions {path} holds none; the columns must be {' and '.join(_HEAD)}")
    yield from found.values()


def _with(known: Prediction, kind: str, value: str) -> Prediction:
    if not value:
        return known
    if kind == "short" and value in ("YES", "NO"):
        return replace(known, yes_no=value, short_score=1.0)
    pair = _TOKENS.fullmatch(value)
    if pair is None or int(pair[1]) >= int(pair[2]):
        raise ValueError("must be empty or tokens start:end" + (", YES or NO" if kind == "short" else ""))
    span = PageSpan(int(pair[1]), int(pair[2]))
    if kind == "long":
        return replace(known, long=span, long_score=1.0)
    return replace(known, short=(span,), short_score=1.0)


def _tokens(span: PageSpan) -> str:
    if span.start_token < 0:
        raise InputError("predictions by bytes alone can't be written as CSV, which counts tokens")
    return f"{span.start_token}:{span.end_token}"


def _wrong(row: Row, field: str, what: str) -> InputError:
    return InputError(f"{row.place}: field {field} {what}, not {row.record[field]!r:.40}")
