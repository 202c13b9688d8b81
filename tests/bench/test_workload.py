from __future__ import annotations

import gzip
import json
import statistics
from pathlib import Path

import pytest

from tritonqa.bench import Workload, asks_of_file, generated, squad_sample
from tritonqa.errors import InputError


def test_the_sample_has_the_lengths_of_squad() -> None:
    lengths = [len(ask.passages[0]) for ask in squad_sample().asks]
    assert len(lengths) == len(set(squad_sample().asks)) == 240
    assert statistics.median(lengths) == pytest.approx(700, rel=0.02)  # of all 2,067 paragraphs of dev 1.1
    assert statistics.mean(lengths) == pytest.approx(774, rel=0.02)


def test_asks_go_round_and_are_fresh_each_time() -> None:
    work = Workload("two", squad_sample().asks[:2])
    assert work[0] == work.asks[0] and work[1] == work.asks[1]
    assert (
        work[5].passages[0] == work.asks[1].passages[0] + "  " and work[5].question == work.asks[1].question
    )
    again = Workload("two", work.asks, fresh=False)
    assert again[5] == again.asks[1]


def test_files_in_each_dialect(tmp_path: Path) -> None:
    batch = tmp_path / "asks.jsonl"
    batch.write_text('\n{"question": "q", "passages": ["a", "b"]}\n{"question": "r", "context": "c"}\n')
    assert [ask.passages for ask in asks_of_file(batch).asks] == [("a", "b"), ("c",)]
    rows = tmp_path / "rows.jsonl"
    rows.write_text(json.dumps({"id": "1", "question": "q", "context": "a", "answers": ["a"]}))
    assert [ask.passages for ask in asks_of_file(rows).asks] == [("a",)]
    squad = tmp_path / "squad.json.gz"
    paragraph = {"context": "x", "qas": [{"id": "1", "question": "q", "answers": []}]}
    squad.write_bytes(gzip.compress(json.dumps({"data": [{"paragraphs": [paragraph]}]}).encode()))
    assert [ask.passages for ask in asks_of_file(squad).asks] == [("x",)]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.jsonl", "", r"a\.jsonl.* holds no"),
        ("a.jsonl", '{"question": "q"}', r'line 1: field "passages" is missing'),
        ("a.json", "{", "not valid JSON"),
        ("a.json", '{"data": []}', "holds no questions"),
    ],
)
def test_files_that_hold_no_asks(tmp_path: Path, name: str, text: str, message: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        asks_of_file(path)


def test_generated_lengths() -> None:
    work = generated([20, 300])
    assert [len(work[i].passages[0].split()) for i in range(4)] == [20, 300, 20, 300]
    assert work.asks == generated([20, 300]).asks
    with pytest.raises(InputError, match="at least 1 word"):
        generated([0])
