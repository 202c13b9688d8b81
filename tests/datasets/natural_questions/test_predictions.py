from __future__ import annotations

import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tritonqa.datasets.natural_questions import (
    PageSpan,
    Prediction,
    read_predictions,
    write_csv,
    write_predictions,
)
from tritonqa.errors import InputError

SPANS = st.builds(lambda a, n: PageSpan(a, a + n), st.integers(0, 999), st.integers(1, 99))
SCORES = st.floats(-1e6, 1e6)


@st.composite
def found(draw: st.DrawFn, page: int) -> Prediction:
    yes_no = draw(st.sampled_from(["NONE", "YES", "NO"]))
    short = () if yes_no != "NONE" else tuple(draw(st.lists(SPANS, max_size=2)))
    long = draw(st.one_of(SPANS, st.just(PageSpan())))
    return Prediction(page, long, draw(SCORES), short, draw(SCORES), yes_no)


ROWS = st.lists(st.integers(-(2**63), 2**63 - 1), unique=True, max_size=5).flatmap(
    lambda ids: st.tuples(*(found(page) for page in ids))
)


@given(ROWS)
def test_json_is_read_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, rows: tuple[Prediction, ...]
) -> None:
    file = tmp_path_factory.mktemp("nq") / "predictions.json"
    with file.open("w", encoding="utf-8") as stream:
        write_predictions(stream, rows, score="what it means")
    assert json.loads(file.read_text(encoding="utf-8"))["score"] == "what it means"
    assert tuple(read_predictions(file).values()) == rows


@given(ROWS)
def test_csv_keeps_the_tokens_of_what_is_answered(
    tmp_path_factory: pytest.TempPathFactory, rows: tuple[Prediction, ...]
) -> None:
    file = tmp_path_factory.mktemp("nq") / "predictions.csv"
    with file.open("w", encoding="utf-8") as stream:
        write_csv(stream, rows, 0.0, 0.0)
    again = read_predictions(file)
    assert [*again] == [row.id for row in rows]
    for row in rows:
        read = again[row.id]
        long, short = row.has_long and row.long_score >= 0, row.has_short and row.short_score >= 0
        assert (read.has_long, read.has_short) == (long, short)
        assert not long or read.long == row.long
        assert not short or (read.short, read.yes_no) == (row.short[:1], row.yes_no)


def test_notes_are_kept() -> None:
    stream, noted = io.StringIO(), Prediction(1, notes=(("text", "Ada"),))
    write_predictions(stream, [noted])
    (record,) = json.loads(stream.getvalue())["predictions"]
    assert record["text"] == "Ada"
    assert Prediction.from_dict(record) == noted


GOOD = Prediction(1, PageSpan(0, 5), 1.0, (PageSpan(1, 2),), 1.0).to_dict()
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"yes_no_answer": "YES"}, "yes_no_answer must be NONE where short_answers has spans"),
    ({"long_answer_score": None}, "long_answer_score must be a finite number"),
    ({"short_answers_score": float("nan")}, "short_answers_score must be a finite number"),
    ({"short_answers_score": 10**400}, "short_answers_score must be a finite number"),
    ({"example_id": "x"}, "example_id must be a whole number"),
    ({"example_id": "1" * 5000}, "example_id must be a whole number"),
    ({"long_answer": {"start_token": 3, "end_token": 2}}, "long_answer.end_token 2"),
    ({"long_answer": {"start_token": 3}}, "long_answer.end_token -1"),
    ({"short_answers": [3]}, r"short_answers\[0\] must be an object"),
]


@pytest.mark.parametrize(("change", "message"), WRONG, ids=[row[1] for row in WRONG])
def test_errors_name_the_prediction_and_the_field(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    file = tmp_path / "predictions.json"
    file.write_text(
        json.dumps({"predictions": [GOOD, {**GOOD, "example_id": 2, **change}]}), encoding="utf-8"
    )
    with pytest.raises(InputError, match=r"predictions\[1\].*" + message):
        read_predictions(file)


@pytest.mark.parametrize("text", ["[]", "{}", "{", '{"predictions": 1}', "1" * 5000, ""])
def test_what_is_no_predictions_is_one_sentence(tmp_path: Path, text: str) -> None:
    file = tmp_path / "predictions.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="predictions"):
        read_predictions(file)


def test_two_predictions_of_a_page_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "predictions.json"
    file.write_text(json.dumps({"predictions": [GOOD, GOOD]}), encoding="utf-8")
    with pytest.raises(InputError, match="page 1 has two predictions"):
        read_predictions(file)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("1_long,5:5", "PredictionString must be empty or tokens start:end, not '5:5'"),
        ("1_long,YES", "PredictionString must be empty or tokens start:end, not 'YES'"),
        ("1_short,yes", "tokens start:end, YES or NO, not 'yes'"),
        ("1_middle,", "example_id must be ID_long or ID_short"),
        ("1" * 5000 + "_long,1:2", "example_id must be ID_long or ID_short"),
        ("1_long," + "1" * 200_000, "PredictionString must be empty or tokens start:end"),
        ("2_long,", "example_id is there twice"),
        ("", "example_id"),
    ],
)
def test_csv_errors_name_line_and_field(tmp_path: Path, row: str, message: str) -> None:
    file = tmp_path / "predictions.csv"
    file.write_text(f"example_id,PredictionString\n2_long,1:2\n{row or ','}\n", encoding="utf-8")
    with pytest.raises(InputError, match=f"line 3: field .*{message}"):
        read_predictions(file)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("example_id,PredictionString\n1_long\n", "line 2: 2 columns are named, not as many given"),
        ("example_id,PredictionString\n1_long,1:2,3\n", "line 2: 2 columns are named"),
        ('example_id,PredictionString\n1_long,"1:2\n', "line 2 is no line of a table"),
        ("example_id,PredictionString,PredictionString\n1_long,1:2,\n", "'PredictionString' is named twice"),
        ("id,pred\n1_long,1:2\n", "the columns must be example_id and PredictionString"),
        ("", "the columns must be example_id and PredictionString"),
    ],
)
def test_a_table_that_is_none_of_predictions_is_refused(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "predictions.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_predictions(file)


@pytest.mark.parametrize("name", ["predictions.json", "predictions.CSV"])
def test_marks_line_ends_and_gzip_are_no_matter(tmp_path: Path, name: str) -> None:
    stream, row = io.StringIO(), Prediction(1, PageSpan(0, 5), 1.0, (PageSpan(1, 2),), 1.0)
    if name.endswith(".json"):
        write_predictions(stream, [row])
    else:
        write_csv(stream, [row], 0, 0)
    file, text = tmp_path / name, stream.getvalue().replace("\n", "\r\n")
    for content in (text.encode("utf-8-sig"), text.encode("utf-16"), gzip.compress(text.encode())):
        file.write_bytes(content)
        assert read_predictions(file) == {1: row}
