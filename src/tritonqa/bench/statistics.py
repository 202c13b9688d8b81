"""Samples → quantiles and rates, with bootstrap intervals.

A round is cut into blocks of time, and whole blocks are drawn: asks that follow each other are alike, so
that drawing single asks would give intervals far too narrow (Künsch 1989). Of n blocks n - 1 are drawn, which
takes away the bootstrap's bias for few of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tritonqa.bench.samples import Floats, Ints, Samples

QUANTILES = (0.5, 0.9, 0.99)
BLOCKS = 12  # in all rounds together, at least
_DRAWS = 400
_LEVEL = (0.025, 0.975)


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with what it lies between in 95 of 100 cases."""

    value: float
    low: float
    high: float


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


def draws(blocks: Blocks, seed: int = 0) -> Ints:
    """Draw blocks again and again: how often each is taken, [draws, m]."""
    many = len(blocks.count)
    return np.random.default_rng(seed).multinomial(max(1, many - 1), np.full(many, 1 / many), _DRAWS)


def throughput(blocks: Blocks, drawn: Ints) -> Interval:
    """Return asks a second."""
    value = float(blocks.count.sum() / blocks.seconds.sum())
    return _interval(value, (drawn @ blocks.count) / (drawn @ blocks.seconds))


def quantile(blocks: Blocks, drawn: Ints, share: float) -> Interval | None:
    """Return the latency (seconds) below which this share of asks lies; None without asks."""
    if not len(blocks.latency):
        return None
    rows = []
    for taken in drawn:
        weight = np.cumsum(taken[blocks.block])
        if weight[-1]:
            rows.append(blocks.latency[np.searchsorted(weight, share * weight[-1])])
    return _interval(float(np.quantile(blocks.latency, share)), np.array(rows))


def slowdown(blocks: Blocks) -> tuple[float, float]:
    """Return the asks a second in the first and in the last third of the blocks."""
    third = max(1, len(blocks.count) // 3)
    parts = (slice(None, third), slice(-third, None))
    first, last = (float(blocks.count[part].sum() / blocks.seconds[part].sum()) for part in parts)
    return first, last


def _interval(value: float, found: Floats) -> Interval:
    low, high = np.quantile(found, _LEVEL)
    return Interval(value, min(float(low), value), max(float(high), value))
