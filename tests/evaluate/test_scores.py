from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tritonqa import Reader
from tritonqa.datasets import Dataset, load_squad
from tritonqa.errors import InputError
from tritonqa.evaluate import exact, expected_calibration_error, f1, risk_coverage, score
from tritonqa.evaluate.language import Language
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


ROW: dict[str, object] = {
    "id": "q1",
    "question": "Who wrote it?",
    "context": "Ada wrote it.",
    "answers": ["Ada"],
}


def _dataset(folder: Path, *rows: dict[str, object]) -> Dataset:
    path = folder / "rows.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return load_squad(path)


@pytest.mark.parametrize("field", ["question", "context"])
def test_what_has_no_text_is_not_asked(tmp_path: Path, field: str) -> None:
    dataset = _dataset(tmp_path, ROW, {**ROW, "id": "q2", field: " "})
    with Reader.load(engine="toy") as reader, pytest.raises(InputError, match=f"q2: field {field} is empty"):
        evaluate(reader, dataset)


def test_a_row_holds_what_was_counted(tmp_path: Path) -> None:
    dataset = _dataset(tmp_path, ROW, {**ROW, "id": "q2", "question": "Who sold it?", "answers": []})
    with Reader.load(engine="toy") as reader:
        for threshold in (0.0, 0.3, 1.0):
            report = evaluate(reader, dataset, no_answer_threshold=threshold)
            assert 50 * sum(row["exact"] for row in report.rows) == report.figures["exact"]
            assert 50 * sum(row["f1"] for row in report.rows) == pytest.approx(report.figures["f1"])
            assert all(bool(row["prediction"]) == (row["no_answer"] <= threshold) for row in report.rows)


@pytest.mark.parametrize(
    ("language", "gold", "found", "exactly", "overlap"),
    [
        ("en", "the Tower", "tower!", 1.0, 1.0),
        ("de", "der Turm", "Turm", 1.0, 1.0),
        ("es", "la torre alta", "torre", 0.0, 2 / 3),
        ("fr", "l’église", "église", 1.0, 1.0),
        ("ar", "الكتاب", "كتاب", 1.0, 1.0),
        ("ar", "والكتاب", "كتاب", 0.0, 2 / 3),
        ("zh", "IBM公司", "BMI", 0.0, 0.0),
        ("zh", "2008年", "2009年", 0.0, 0.5),
        ("zh", "北京 大学", "北京大学", 1.0, 1.0),
        ("zh", "北京大学", "北京", 0.0, 2 / 3),
        ("zh", "北京。", "北京", 1.0, 1.0),
        ("ja", "東京タワー", "東京", 0.0, 4 / 7),
        ("ko", "서울특별시", "서울", 0.0, 4 / 7),
        ("ko", "『난중일기』", "난중일기", 0.0, 0.8),
        ("ko", "‘별’의 시인", "별의 시인", 0.0, 1.0),
        ("ko", "5·18 민주화운동", "518 민주화운동", 0.0, 16 / 17),
        ("hi", "दिल्ली है", "दिल्ली", 0.0, 2 / 3),
    ],
)
def test_languages_have_rules_of_their_own(
    language: str, gold: str, found: str, exactly: float, overlap: float
) -> None:
    rules = Language(language)
    assert exact(gold, found, rules) == exactly
    assert f1(gold, found, rules) == pytest.approx(overlap)


def test_an_unknown_language_lists_those_known() -> None:
    with pytest.raises(InputError, match="language 'xx' is unknown; choose one of ar, cs"):
        Language("xx")
