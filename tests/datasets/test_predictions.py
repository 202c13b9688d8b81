from __future__ import annotations

import json
from pathlib import Path

import pytest

from tritonqa.datasets import load_predictions
from tritonqa.errors import InputError


def _hugging_face(name: str, text: str, chance: float) -> dict[str, object]:
    return {"id": name, "prediction_text": text, "no_answer_probability": chance}


@pytest.mark.parametrize(
    ("text", "chance"),
    [
        ('{"q1": "Ada", "q2": ""}', None),
        ('{"q1": [{"text": "Ada", "probability": 0.9}, {"text": "Grace"}], "q2": []}', None),
        (json.dumps([_hugging_face("q1", "Ada", 0.25), _hugging_face("q2", "", 1)]), 0.25),
        (
            '{"id": "q1", "prediction": "Ada", "no_answer": 0.25}\n'
            '{"id": "q2", "prediction": "", "no_answer": 0.9}\n',
            0.25,
        ),
        (
            '{"id": "q1", "answers": [{"text": "Ada"}], "no_answer": 0.25}\n'
            '{"id": "q2", "answers": [], "no_answer": 0.9}\n',
            0.25,
        ),
    ],
    ids=["texts", "nbest", "hugging-face", "output", "answers"],
)
def test_usual_forms(tmp_path: Path, text: str, chance: float | None) -> None:
    path = tmp_path / "predictions.json"
    path.write_text(text, encoding="utf-8")
    found = load_predictions(path)
    assert found.texts == {"q1": "Ada", "q2": ""}
    assert found.na_probs.get("q1") == chance


def test_na_probs_are_a_file_of_their_own(tmp_path: Path) -> None:
    texts, chances = tmp_path / "texts.json", tmp_path / "chances.json"
    texts.write_text(json.dumps({"q1": "Ada", "q2": "Grace"}))
    chances.write_text(json.dumps({"q1": 0.5, "q2": 0.75}))
    assert load_predictions(texts, chances).na_probs == {"q1": 0.5, "q2": 0.75}
    chances.write_text(json.dumps({"q1": 0.5}))
    with pytest.raises(InputError, match="question q2 has no probability of no answer"):
        load_predictions(texts, chances)
    chances.write_text(json.dumps({"q1": -7.31, "q2": 2}))  # BERT's null_odds.json
    assert load_predictions(texts, chances).na_probs == {"q1": -7.31, "q2": 2.0}
    chances.write_text('{"q1": NaN, "q2": 0}')
    with pytest.raises(InputError, match="question q1: the probability of no answer must be a finite number"):
        load_predictions(texts, chances)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not valid JSON"),
        ("[1]", "neither of"),
        ('{"q1": 3}', "q1: the prediction must be text"),
        ('[{"id": 1}]', "question 1: field prediction_text is missing"),
    ],
)
def test_others_are_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "predictions.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        load_predictions(path)
