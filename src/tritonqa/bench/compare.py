"""Two measurements, or pairs of them taken in turn → faster, slower or within noise."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tritonqa.bench.statistics import geometric_mean
from tritonqa.errors import InputError

_FIGURES = ("asks_per_second", "p50_ms", "p90_ms", "p99_ms", "cpu_ms_per_ask")
_MORE_IS_FASTER = _FIGURES[:1]
_PAIRS = 3  # at least, to tell by how they differ


@dataclass(frozen=True, slots=True)
class Ratio:
    """A figure of the second measurement over the first's, with what it lies between in 95 of 100 cases."""

    value: float
    low: float
    high: float
    verdict: str


@dataclass(frozen=True, slots=True)
class Pair:
    """The same load on the same reader, measured twice; verdict is that of throughput, of p50 at a rate."""

    target: str
    load: str
    verdict: str
    ratios: dict[str, Ratio]

    def to_dict(self) -> dict[str, Any]:
        """Return what JSON holds."""
        return asdict(self)


def read_result(path: Path) -> dict[str, Any]:
    """Read what `tritonqa bench --json` wrote; raises InputError that names the file."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(
            f"{path} can't be read: {error.strerror}; give what `tritonqa bench --json` wrote"
        ) from error
    except ValueError as error:
        raise InputError(f"{path} is not JSON ({error}); give what `tritonqa bench --json` wrote") from error
    if not isinstance(found, dict) or not isinstance(found.get("runs"), list):
        raise InputError(f"{path} holds no runs; give what `tritonqa bench --json` wrote")
    return found


def compare(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[Pair]:
    """Compare the runs that both measurements have, by target and load.

    Raises InputError when they have none in common.
    """
    known = {_key(run): run for run in first["runs"]}
    pairs = [_pair(known[_key(run)], run) for run in second["runs"] if _key(run) in known]
    if not pairs:
        have = ("; ".join(" ".join(map(str, _key(run))) for run in one["runs"]) for one in (first, second))
        raise InputError(f"the two have no run in common: {' against '.join(have)}")
    return pairs


def combine(compared: Sequence[Sequence[Pair]]) -> list[Pair]:
    """Put pairs of measurements together that were taken in turn: what drifts on a machine meets both alike.

    A ratio is the geometric mean of the pairs', its interval what they differ by. Raises InputError for two
    pairs, which differ by chance, and for pairs that have no run in common.
    """
    if len(compared) == 1:
        return list(compared[0])
    if len(compared) < _PAIRS:
        raise InputError(
            f"{len(compared)} pairs can't tell how much pairs differ; give {_PAIRS} or more, or one"
        )
    runs = [{(pair.target, pair.load): pair for pair in pairs} for pairs in compared]
    found = [_combined([one[key] for one in runs]) for key in runs[0] if all(key in one for one in runs)]
    if not found:
        raise InputError(
            "the pairs have no run in common; measure the same reader under the same load in all"
        )
    return found


def ratio_of(first: Mapping[str, Any], second: Mapping[str, Any], name: str) -> Ratio | None:
    """Divide a figure of one run by another's; None where one of them has none.

    On the scale of logarithms the distances to the intervals' ends add as independent errors do.
    """
    one, other = (run.get(name) for run in (first, second))
    ends = [run["intervals"].get(name) for run in (first, second)]
    if not one or not other or None in ends:
        return None
    (low_a, high_a), (low_b, high_b) = (tuple(max(end, 1e-12) for end in pair) for pair in ends)
    value = other / one
    low = value * math.exp(-math.hypot(math.log(other / low_b), math.log(high_a / one)))
    high = value * math.exp(math.hypot(math.log(high_b / other), math.log(one / low_a)))
    return _judged(name, value, low, high)


def _judged(name: str, value: float, low: float, high: float) -> Ratio:
    faster, slower = (low > 1, high < 1) if name in _MORE_IS_FASTER else (high < 1, low > 1)
    return Ratio(value, low, high, "faster" if faster else "slower" if slower else "within noise")


def _pair(first: Mapping[str, Any], second: Mapping[str, Any]) -> Pair:
    found = {name: ratio_of(first, second, name) for name in _FIGURES}
    return _decided(*_key(second), {name: ratio for name, ratio in found.items() if ratio is not None})


def _combined(pairs: Sequence[Pair]) -> Pair:
    named = [name for name in _FIGURES if all(name in pair.ratios for pair in pairs)]
    means = {name: geometric_mean([pair.ratios[name].value for pair in pairs]) for name in named}
    ratios = {name: _judged(name, mean.value, mean.low, mean.high) for name, mean in means.items()}
    return _decided(pairs[0].target, pairs[0].load, ratios)


def _decided(target: str, load: str, ratios: dict[str, Ratio]) -> Pair:
    decides = ratios.get(_FIGURES[0] if load.endswith("clients") else _FIGURES[1])
    return Pair(target, load, decides.verdict if decides else "nothing was answered", ratios)


def _key(run: Mapping[str, Any]) -> tuple[str, str]:
    """Name what was measured: the target as it was asked for, and the load."""
    try:
        load = f"{run['clients']} clients" if run["clients"] is not None else f"{run['rate']:g} asks/s"
        return run["target"], load
    except (KeyError, TypeError) as error:
        raise InputError(f"a run lacks {error}; give what `tritonqa bench --json` wrote") from error
