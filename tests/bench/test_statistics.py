from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tritonqa.bench.samples import FAILED, Floats, Samples, joined
from tritonqa.bench.statistics import (
    BLOCKS,
    blocks_of,
    draws,
    geometric_mean,
    quantile,
    slowdown,
    throughput,
)


def samples(done: Floats, latency: Floats, seconds: float, begin: float = 50.0) -> Samples:
    order = np.argsort(done)
    due = (done - latency)[order]
    number = np.arange(len(done))
    return Samples(begin, seconds, number, due, due, done[order], np.zeros(len(done), np.int64))


latencies = st.lists(st.floats(1e-4, 10), min_size=1, max_size=200)


@given(latencies, st.sampled_from([0.5, 0.9, 0.99]))
@settings(max_examples=40)
def test_a_quantile_is_that_of_all_and_lies_in_its_interval(times: list[float], share: float) -> None:
    latency = np.array(times)
    blocks = blocks_of([samples(50 + np.linspace(0.01, 10, len(latency)), latency, 10.0)])
    found = quantile(blocks, draws(blocks), share)
    assert found is not None and found.value == pytest.approx(np.quantile(latency, share))
    assert latency.min() - 1e-9 <= found.low <= found.value <= found.high <= latency.max() + 1e-9


@given(st.integers(1, 6), st.integers(5, 300))
@settings(max_examples=40)
def test_a_steady_stream_has_its_rate_whatever_the_rounds(rounds: int, count: int) -> None:
    done = np.linspace(50 + 4.0 / count, 54, count)
    blocks = blocks_of([samples(done, np.full(count, 0.01), 4.0) for _ in range(rounds)])
    found = throughput(blocks, draws(blocks))
    assert found.value == pytest.approx(count / 4.0, rel=1e-6)
    assert found.low <= found.value <= found.high
    assert len(blocks.count) >= BLOCKS


def test_what_is_under_way_at_first_is_no_part_of_the_rate() -> None:
    done = np.linspace(51, 55.95, 100)  # nothing for a second, then twenty a second
    blocks = blocks_of([samples(done, np.full(100, 1.0), 6.0)])
    assert throughput(blocks, draws(blocks)).value == pytest.approx(19.8, rel=0.01)


def test_intervals_hold_the_truth_nineteen_times_in_twenty() -> None:
    draw = np.random.default_rng(5)
    hits = 0
    for _ in range(120):
        gaps = draw.exponential(0.01, 1500)
        done = 50 + np.cumsum(gaps)
        blocks = blocks_of([samples(done[done < 60], draw.exponential(1, int((done < 60).sum())), 10.0)])
        rate = throughput(blocks, draws(blocks))
        hits += rate.low <= 100 <= rate.high
    assert hits >= 104  # 95 % of 120 are 114; by chance fewer than 104 once in 10,000


def test_intervals_are_wider_where_blocks_that_follow_each_other_are_alike() -> None:
    """Both streams have the same blocks, one by one in turn and each kind together."""
    gaps = np.array([0.01, 0.02] * 6)
    widths = []
    for each in (gaps, np.sort(gaps)):
        done = 50 + np.concatenate([i + np.arange(gap, 1 + 1e-9, gap) for i, gap in enumerate(each)])
        blocks = blocks_of([samples(done, np.full(len(done), 0.01), 12.0)])
        rate = throughput(blocks, draws(blocks))
        widths.append(rate.high / rate.low)
    assert widths[1] > 1.15 * widths[0] > 1.15


@pytest.mark.parametrize(("blocks", "t"), [(12, 2.201), (6, 2.571), (4, 3.182)])
def test_few_blocks_are_stretched_as_students_t_is(blocks: int, t: float) -> None:
    many = blocks_of([samples(np.linspace(50.01, 62, 100), np.full(100, 0.01), 12.0)])
    joined = [12, 6, 4].index(blocks)
    assert draws(many)[joined].stretch == pytest.approx(t / 1.96, rel=0.02)


def test_a_slow_second_half_shows() -> None:
    done = 50 + np.concatenate([np.arange(1, 101) * 0.05, 5 + np.arange(1, 26) * 0.2])
    first, last = slowdown(blocks_of([samples(done, np.full(125, 0.01), 10.0)]))
    assert first == pytest.approx(20, rel=0.1) and last == pytest.approx(5, rel=0.1)


def test_rounds_without_an_answer_have_no_quantile() -> None:
    none = np.empty(0)
    blocks = blocks_of([samples(none, none, 2.0)])
    assert throughput(blocks, draws(blocks)).value == 0
    assert quantile(blocks, draws(blocks), 0.5) is None


def test_processes_are_joined_with_their_faults() -> None:
    one = samples(np.array([51.0]), np.array([0.5]), 2.0)
    number, due, answer = np.array([7]), np.array([50.0]), np.array([FAILED])
    other = Samples(50.0, 2.0, number, due, due, due + 0.5, answer, Counter({"x": 1}), "x")
    both = joined([one, other])
    assert len(both) == 2 and both.good.sum() == 1 and both.faults == {"x": 1} and both.gone == "x"


def test_a_geometric_mean_holds_the_truth_nineteen_times_in_twenty() -> None:
    draw = np.random.default_rng(7)
    found = [geometric_mean(np.exp(draw.normal(0.5, 0.2, 8)).tolist()) for _ in range(400)]
    assert all(one.low < one.value < one.high for one in found)
    hits = sum(one.low <= np.exp(0.5) <= one.high for one in found)
    assert 362 <= hits <= 394  # 95 % of 400 are 380; by chance further off once in 10,000
    same = geometric_mean([3.0, 3.0])
    assert same.low == pytest.approx(3.0) == pytest.approx(same.high)
