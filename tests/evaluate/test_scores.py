from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tritonqa import Reader
from tritonqa.datasets import load_squad
from tritonqa.errors import InputError
from tritonqa.evaluate import expected_calibration_error, f1, risk_coverage, score
from tritonqa.evaluate.run import evaluate


@pytest.mark.parametrize(
    ("version", "figures"),
    [
        ("1.1", {"exact_match": 86.206, "f1": 92.196}),
        ("2.0", {"exact": 78.742, "f1": 81.775, "total": 11873}),
    ],
)
def test_published_figures(data: Path, version: str, figures: dict[str, float]) -> None:
    dataset = load_squad(data / f"squad-dev-v{version}-answers.json.gz")
    predictions = json.loads(
        gzip.decompress((data / f"squad-dev-v{version}-predictions.json.gz").read_bytes())
    )
    found = score(dataset, predictions)
    assert {key: round(found[key], 3) for key in figures} == figures


@given(st.text(), st.text())
def test_f1_is_symmetric_and_bounded(one: str, other: str) -> None:
    assert f1(one, other) == pytest.approx(f1(other, one))
    assert 0 <= f1(one, other) <= 1 == f1(one, one)


def test_calibration() -> None:
    assert expected_calibration_error([0.5] * 10, [0, 1] * 5) == 0
    assert expected_calibration_error([1.0] * 4, [0] * 4) == 1
    coverage, risk = risk_coverage([0.9, 0.1], [1, 0])
    assert coverage.tolist() == [0.5, 1.0] and risk.tolist() == [0.0, 0.5]


@pytest.mark.parametrize(
    ("text", "message"),
    [("{", "not valid JSON"), ('{"data": [{}]}', "field 'paragraphs'"), ('{"data": []}', "no questions")],
)
def test_a_bad_file_names_the_field(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "data.json"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        load_squad(path)


ROW = {"id": "q1", "title": "t", "question": "Who?", "context": "Ada\u2028Grace", "answers": []}


def _write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_lines_end_where_json_says(tmp_path: Path) -> None:
    line = json.dumps(ROW, ensure_ascii=False)
    (example,) = load_squad(str(_write(tmp_path / "a.jsonl", "\ufeff" + line))).examples
    assert example.context == ROW["context"]
    with pytest.raises(InputError, match="line 2, column"):
        load_squad(_write(tmp_path / "b.jsonl", line, "{"))


def test_columns_of_answers(tmp_path: Path) -> None:
    row = {**ROW, "answers": {"text": ["Ada"], "answer_start": [0]}}
    (example,) = load_squad(_write(tmp_path / "a.jsonl", json.dumps(row))).examples
    assert (example.answers, example.starts) == (("Ada",), (0,))


def test_answers_that_are_texts_alone(tmp_path: Path) -> None:
    (example,) = load_squad(_write(tmp_path / "a.jsonl", json.dumps({**ROW, "answers": ["Ada"]}))).examples
    assert (example.answers, example.starts) == (("Ada",), (-1,))


def test_an_id_given_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="question q1: 2 questions have this id"):
        load_squad(_write(tmp_path / "a.jsonl", json.dumps(ROW), json.dumps(ROW)))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"id": [1]}, "field id must be text"),
        ({"question": 3}, "question q1: field question must be text"),
        ({"context": None}, "question q1: field context must be text"),
        ({"answers": [{"text": 3}]}, "question q1: field text must be text"),
        ({"answers": [{"text": "Ada", "answer_start": "x"}]}, "q1: field answer_start must be a whole"),
    ],
)
def test_a_bad_row_names_its_question(tmp_path: Path, change: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        load_squad(_write(tmp_path / "a.jsonl", json.dumps({**ROW, **change})))


def test_deep_nesting_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nested too deep|not valid JSON"):
        load_squad(_write(tmp_path / "a.json", "[" * 100_000))


@pytest.mark.parametrize("field", ["question", "context"])
def test_what_has_no_text_is_not_asked(tmp_path: Path, field: str) -> None:
    rows = [ROW, {**ROW, "id": "q2", field: " "}]
    dataset = load_squad(_write(tmp_path / "a.jsonl", *map(json.dumps, rows)))
    with Reader.load(engine="toy") as reader, pytest.raises(InputError, match=f"q2: field {field} is empty"):
        evaluate(reader, dataset)
