"""Samples → quantiles and rates, with bootstrap intervals.

A round is cut into blocks of time, and whole blocks are drawn: asks that follow each other are alike, so
that drawing single asks would give intervals far too narrow (Künsch 1989). Of n blocks n - 1 are drawn, which
takes away the bootstrap's bias for few of them. Blocks that follow each other are alike too where a machine
drifts; so single ones, pairs and threes are drawn, and the widest interval counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tritonqa.bench.samples import Floats, Ints, Samples

QUANTILES = (0.5, 0.9, 0.99)
BLOCKS = 12  # in all rounds together, at least
_JOINED = (1, 2, 3)  # blocks that are drawn together
_DRAWS = 400
_LEVEL = (0.025, 0.975)
_NORMAL = 1.95996  # the normal distribution's quantile at that level


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with what it lies between in 95 of 100 cases."""

    value: float
    low: float
    high: float

    def within(self, least: float, most: float) -> Interval:
        """Bound the ends."""
        return Interval(self.value, max(self.low, least), min(self.high, most))

    def times(self, factor: float) -> Interval:
        """Return it in another unit."""
        return Interval(self.value * factor, self.low * factor, self.high * factor)


@dataclass(frozen=True, slots=True)
class Blocks:
    """n answered asks in m blocks of time of all rounds.

    latency [n] in seconds, rising; block [n], the block in which each was done; count [m], how many were done
    in each while asks still came; seconds [m], how long each lasted.
    """

    latency: Floats
    block: Ints
    count: Floats
    seconds: Floats


def blocks_of(rounds: Sequence[Samples]) -> Blocks:
    """Cut rounds into blocks; one in which nothing was answered is one block without asks."""
    each = -(-BLOCKS // max(1, len(rounds)))
    latency, block, count, seconds = [], [], [], []
    for place, samples in enumerate(rounds):
        due, done = samples.due[samples.good], samples.done[samples.good]
        end = samples.begin + samples.seconds
        # The first answer begins what is counted: before it nothing could be done, however fast the reader.
        first = min(done[0], end) if len(done) else samples.begin
        width = max(end - first, 1e-9) / each
        at = np.clip((done - first) // width, 0, each - 1).astype(np.int64)
        latency.append(done - due)
        block.append(at + place * each)
        count.append(np.bincount(at[1:][done[1:] <= end], minlength=each).astype(np.float64))
        seconds.append(np.full(each, width))
    order = np.argsort(np.concatenate(latency), kind="stable")
    return Blocks(
        np.concatenate(latency)[order],
        np.concatenate(block)[order],
        np.concatenate(count),
        np.concatenate(seconds),
    )


@dataclass(frozen=True, slots=True)
class Draws:
    """How often each of m blocks is taken, [draws, m]; what a few of them make too narrow is stretched."""

    taken: Ints
    stretch: float


def draws(blocks: Blocks, seed: int = 0) -> list[Draws]:
    """Draw blocks again and again: one by one, and so many together."""
    random, many = np.random.default_rng(seed), len(blocks.count)
    found = []
    for joined in _JOINED:
        place = np.arange(many) // joined
        groups = int(place[-1]) + 1
        taken = random.multinomial(max(1, groups - 1), np.full(groups, 1 / groups), _DRAWS)
        found.append(Draws(taken[:, place], _student(max(1, groups - 1)) / _NORMAL))
    return found


def throughput(blocks: Blocks, drawn: Sequence[Draws]) -> Interval:
    """Return asks a second."""
    value = float(blocks.count.sum() / blocks.seconds.sum())
    rates = [(one.taken @ blocks.count) / (one.taken @ blocks.seconds) for one in drawn]
    return _widest(value, drawn, rates)


def quantile(blocks: Blocks, drawn: Sequence[Draws], share: float) -> Interval | None:
    """Return the latency (seconds) below which this share of asks lies; None without asks."""
    if not len(blocks.latency):
        return None
    value = float(np.quantile(blocks.latency, share))
    found = _widest(value, drawn, [_quantiles(blocks, one.taken, share) for one in drawn])
    return found.within(min(value, float(blocks.latency[0])), max(value, float(blocks.latency[-1])))


def geometric_mean(values: Sequence[float]) -> Interval:
    """Return that of two or more independent positive values, by Student's t of their logarithms."""
    logs = np.log(np.maximum(values, 1e-12))
    half = _student(len(logs) - 1) * float(logs.std(ddof=1)) / len(logs) ** 0.5
    low, value, high = np.exp(logs.mean() + np.array([-half, 0.0, half])).tolist()
    return Interval(value, low, high)


def slowdown(blocks: Blocks) -> tuple[float, float]:
    """Return the asks a second in the first and in the last third of the blocks."""
    third = max(1, len(blocks.count) // 3)
    parts = (slice(None, third), slice(-third, None))
    first, last = (float(blocks.count[part].sum() / blocks.seconds[part].sum()) for part in parts)
    return first, last


def _quantiles(blocks: Blocks, drawn: Ints, share: float) -> Floats:
    rows = []
    for taken in drawn:
        weight = np.cumsum(taken[blocks.block])
        if weight[-1]:
            rows.append(blocks.latency[np.searchsorted(weight, share * weight[-1])])
    return np.array(rows)


def _widest(value: float, drawn: Sequence[Draws], found: Sequence[Floats]) -> Interval:
    """Return the value between the lowest and the highest end; ends are stretched as ratios to the value."""
    ends = [value]
    for one, values in zip(drawn, found, strict=True):
        if value > 0 and len(values):
            ends += [value * (float(end) / value) ** one.stretch for end in np.quantile(values, _LEVEL)]
    return Interval(value, min(ends), max(ends))


def _student(freedom: int) -> float:
    """Return Student's t at the level, from three degrees of freedom on within 2 %.

    Source: Abramowitz and Stegun 26.7.5, three terms.
    """
    z = _NORMAL
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
    )
    return z + sum(float(term / freedom**power) for power, term in enumerate(terms, 1))
