"""Probabilities and what came true → how far they can be believed."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[np.float64]

BINS = 15


def reliability(
    probabilities: npt.ArrayLike, outcomes: npt.ArrayLike, bins: int = BINS
) -> list[tuple[float, float, int]]:
    """Return (mean probability, share that came true, count) for each filled bin of equal width."""
    chance, came = np.asarray(probabilities, np.float64), np.asarray(outcomes, np.float64)
    at = np.minimum((chance * bins).astype(np.int64), bins - 1)
    filled = [at == i for i in range(bins) if (at == i).any()]
    return [(float(chance[m].mean()), float(came[m].mean()), int(m.sum())) for m in filled]


def expected_calibration_error(
    probabilities: npt.ArrayLike, outcomes: npt.ArrayLike, bins: int = BINS
) -> float:
    """Return the mean gap of probability and outcome over bins of equal width (Naeini et al. 2015)."""
    rows = reliability(probabilities, outcomes, bins)
    total = sum(count for _, _, count in rows)
    return sum(count * abs(chance - came) for chance, came, count in rows) / total


def auroc(scores: npt.ArrayLike, outcomes: npt.ArrayLike) -> float:
    """Return the chance that what came true had the higher score of a pair; ties count half.

    It is Mann and Whitney's U over the number of pairs (Hanley and McNeil 1982); NaN without pairs.
    """
    values, came = np.asarray(scores, np.float64), np.asarray(outcomes, bool)
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(count) - (count - 1) / 2)[place]  # of equal scores their mean
    true, false = int(came.sum()), int((~came).sum())
    if not true or not false:
        return float("nan")
    return float((ranks[came].sum() - true * (true + 1) / 2) / (true * false))


def risk_coverage(probabilities: npt.ArrayLike, outcomes: npt.ArrayLike) -> tuple[Array, Array]:
    """Return coverage [n] and the risk [n] of answering only the surest share of questions."""
    chance, came = np.asarray(probabilities, np.float64), np.asarray(outcomes, np.float64)
    order = np.argsort(-chance, kind="stable")
    count = np.arange(1, len(order) + 1)
    return count / len(order), 1.0 - np.cumsum(came[order]) / count
