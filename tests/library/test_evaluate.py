from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tritonqa import Library, Reader
from tritonqa.datasets import Dataset, Example
from tritonqa.evaluate.language import Language
from tritonqa.library.evaluate import evaluate, holds, refusal_curve


def test_a_library_is_scored_on_retrieval_answers_and_refusals(tmp_path: Path, reader: Reader) -> None:
    (tmp_path / "a.txt").write_text("The warranty of the pump ends after 24 months.", encoding="utf-8")
    (tmp_path / "b.txt").write_text("The house has 40 rooms.", encoding="utf-8")
    examples = (
        Example("1", "", "How many rooms has the house?", "-", ("40",), (0,)),
        Example("2", "", "Who is the queen of Spain?", "-", ()),
    )
    with Library(tmp_path / "x.library", reader) as library:
        library.add(tmp_path)
        report = evaluate(library, Dataset("2.0", examples))
    assert report.figures["exact"] == 100.0 and report.figures["recall@1"] == 1.0
    assert report.figures["refused"] == 1.0 and report.figures["refused@10"] == 1.0
    assert report.rows[0]["document"] == str(tmp_path / "b.txt")
    json.dumps(report.figures)


def test_answers_are_compared_by_the_rules_of_a_language(tmp_path: Path, reader: Reader) -> None:
    (tmp_path / "a.txt").write_text("The house has 40 rooms.", encoding="utf-8")
    examples = (Example("1", "", "How many rooms has the house?", "-", ("der 40",), (0,)),)
    with Library(tmp_path / "x.library", reader) as library:
        library.add(tmp_path)
        english = evaluate(library, Dataset("1.1", examples)).figures
        german = evaluate(library, Dataset("1.1", examples), language=Language("de")).figures
    assert (english["exact"], german["exact"]) == (0.0, 100.0)
    assert (english["recall@1"], german["recall@1"]) == (0.0, 1.0)
    assert german["language"] == "de"


def test_a_passage_holds_an_answer_where_words_are_not_spaced() -> None:
    passage = "富士山は日本一高い山である。"
    assert holds(passage, ["日本一高い山"], Language("ja")) and not holds(passage, ["日本一高い山"])
    assert not holds(passage, ["、"], Language("ja")) and not holds("a party", ["art"])


def test_a_refusal_curve_goes_from_none_to_all() -> None:
    nothing, answerable = np.array([0.1, 0.2, 0.8, 0.9]), np.array([True, True, False, False])
    curve = refusal_curve(nothing, answerable)
    assert (curve[0]["false_refusals"], curve[0]["refused"]) == (0.0, 1.0)
    assert (curve[-1]["false_refusals"], curve[-1]["refused"]) == (1.0, 1.0)
    shares = [one["false_refusals"] for one in curve]
    assert shares == sorted(shares)
    assert pytest.approx(0.2) == curve[0]["threshold"]
