from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tritonqa.bench.compare import combine, compare, ratio_of, read_result
from tritonqa.errors import InputError


def run(rate: float, half: float, target: str = "a", clients: int | None = 4) -> dict[str, Any]:
    return {
        "target": target,
        "clients": clients,
        "rate": None if clients else 10.0,
        "asks_per_second": rate,
        "p50_ms": 1000 / rate,
        "p99_ms": None,
        "intervals": {
            "asks_per_second": [rate * (1 - half), rate * (1 + half)],
            "p50_ms": [1000 / rate * (1 - half), 1000 / rate * (1 + half)],
        },
    }


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        (run(100, 0.01), run(105, 0.01), "faster"),
        (run(100, 0.01), run(95, 0.01), "slower"),
        (run(100, 0.05), run(105, 0.05), "within noise"),
        (run(100, 0.01, clients=None), run(105, 0.01, clients=None), "faster"),
    ],
)
def test_verdicts(first: dict[str, Any], second: dict[str, Any], verdict: str) -> None:
    (pair,) = compare({"runs": [first]}, {"runs": [second]})
    assert pair.verdict == verdict and "p99_ms" not in pair.ratios
    assert pair.ratios["asks_per_second"].verdict == pair.ratios["p50_ms"].verdict


@given(st.floats(0.1, 1e4), st.floats(0.1, 1e4), st.floats(0.001, 0.5), st.floats(0.001, 0.5))
def test_a_comparison_turned_round_says_the_opposite(a: float, b: float, x: float, y: float) -> None:
    there = ratio_of(run(a, x), run(b, y), "asks_per_second")
    back = ratio_of(run(b, y), run(a, x), "asks_per_second")
    assert there is not None and back is not None
    assert there.low <= there.value <= there.high
    assert there.value == pytest.approx(1 / back.value) and there.low == pytest.approx(1 / back.high)
    opposite = {"faster": "slower", "slower": "faster", "within noise": "within noise"}
    assert back.verdict == opposite[there.verdict]


def test_only_runs_that_both_have_are_compared() -> None:
    first = {"runs": [run(10, 0.1), run(10, 0.1, "b")]}
    assert [pair.target for pair in compare(first, {"runs": [run(9, 0.1, "b"), run(9, 0.1, "c")]})] == ["b"]
    with pytest.raises(InputError, match="no run in common: a 4 clients; b 4 clients against c 4 clients"):
        compare(first, {"runs": [run(9, 0.1, "c")]})


def test_pairs_in_turn_tell_what_each_alone_can_not() -> None:
    machine = [100.0, 60.0, 140.0, 90.0]  # how fast it happens to be
    pairs = [
        compare({"runs": [run(speed, 0.2)]}, {"runs": [run(speed * slowed, 0.2)]})
        for speed, slowed in zip(machine, (0.95, 0.96, 0.94, 0.95), strict=True)
    ]
    assert {pair.verdict for (pair,) in pairs} == {"within noise"} and combine(pairs[:1]) == pairs[0]
    (together,) = combine(pairs)
    ratio = together.ratios["asks_per_second"]
    assert together.verdict == ratio.verdict == together.ratios["p50_ms"].verdict == "slower"
    assert 0.93 < ratio.low < ratio.value < ratio.high < 0.97
    with pytest.raises(InputError, match="2 pairs can't tell .* give 3 or more, or one"):
        combine(pairs[:2])
    with pytest.raises(InputError, match="no run in common"):
        combine([*pairs[:2], compare({"runs": [run(1, 0.1, "b")]}, {"runs": [run(1, 0.1, "b")]})])


def test_a_figure_without_an_interval_is_not_compared() -> None:
    first, second = run(100, 0.01) | {"cpu_ms_per_ask": 1.0}, run(100, 0.01) | {"cpu_ms_per_ask": 2.0}
    assert ratio_of(first, second, "cpu_ms_per_ask") is None
    for one in (first, second):
        one["intervals"]["cpu_ms_per_ask"] = [one["cpu_ms_per_ask"] * 0.9, one["cpu_ms_per_ask"] * 1.1]
    (pair,) = compare({"runs": [first]}, {"runs": [second]})
    assert pair.verdict == "within noise" and pair.ratios["cpu_ms_per_ask"].verdict == "slower"


@pytest.mark.parametrize(
    ("text", "message"),
    [("{", "is not JSON"), ("[]", "holds no runs"), ('{"runs": 3}', "holds no runs")],
)
def test_files_that_are_no_measurement(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "a.json"
    with pytest.raises(InputError, match=r"a\.json can't be read"):
        read_result(path)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_result(path)
    path.write_text(json.dumps({"runs": [{"clients": 1}]}), encoding="utf-8")
    with pytest.raises(InputError, match="a run lacks 'target'"):
        compare(read_result(path), read_result(path))
