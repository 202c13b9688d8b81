"""A reader → how fast it answers here with each engine and precision that it has."""

from __future__ import annotations

import statistics
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tritonqa.client import parse_addresses
from tritonqa.engine import Choice, cpu
from tritonqa.errors import EngineError, OutputError, TritonQAError
from tritonqa.progress import Step
from tritonqa.reader.choose import available, choose, remember
from tritonqa.reader.find import PACKAGED, find_bundle
from tritonqa.reader.remote import Remote
from tritonqa.reader.sync import Reader

_SENTENCE = "The {} of the old town was built by the guild of masons in {} and restored after the fire. "
_REPEATS = (2, 4, 6, 8, 8, 10, 12, 20)
_ASKS = [
    (f"When was the {thing} built?", _SENTENCE.format(thing, 1600 + i) * count)
    for i, count in enumerate(_REPEATS)
    for thing in ("tower", "bridge")
]
ABOUT = f"{len(_ASKS)} made-up asks over passages of {2 * 18} to {20 * 18} words"


@dataclass(frozen=True, slots=True)
class Measured:
    """How fast a choice was, or what kept it from running."""

    choice: str
    asks_per_second: float
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was measured on this machine, the choice until now, the new one, and the file that keeps it."""

    cpu: str
    asks: str
    until_now: str
    measured: tuple[Measured, ...]
    chosen: str
    remembered: Path

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object that `tritonqa doctor` prints."""
        record = asdict(self)
        del record["remembered"]
        return record


@dataclass(frozen=True, slots=True)
class Visit:
    """What a Triton says of itself, the median of so many asks' times, and asks answered a second."""

    about: dict[str, Any]
    ask_ms: float
    asks_per_second: float
    measured: int

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object that `tritonqa doctor` prints."""
        return {**self.about, "ask_ms": self.ask_ms, "asks_per_second": self.asks_per_second, "asks": ABOUT}


def diagnose(name: str = PACKAGED, seconds: float = 4.0, step: Step | None = None) -> Diagnosis:
    """Time for so many seconds each engine and precision that a reader has here, and remember the fastest.

    The asks are made up. step(done, all) is called before each. Raises EngineError where nothing runs,
    OutputError where the choice can't be kept, and what finding a reader raises.
    """
    bundle = find_bundle(name)
    rule, found = choose(bundle), available(bundle)
    rows: list[Measured] = []
    for choice in found:
        if step is not None:
            step(len(rows), len(found))
        rows.append(_measure(name, choice, seconds))
    at = max(range(len(rows)), key=lambda i: rows[i].asks_per_second)
    if rows[at].problem is not None:
        raise EngineError(f"nothing that this reader holds runs here; {rows[at].choice}: {rows[at].problem}")
    try:
        file = remember(bundle, found[at])
    except OSError as error:
        raise OutputError(f"the choice can't be remembered: {error}; mend that folder") from error
    return Diagnosis(cpu.model(), ABOUT, str(rule), tuple(rows), rows[at].choice, file)


def visit(url: str, seconds: float = 4.0) -> Visit:
    """Time a reader on a Triton for so many seconds: one ask at a time, then many at once."""
    remote = Remote(parse_addresses(url))
    with Reader(remote) as reader:
        list(reader.ask_many(_ASKS))
        times: list[float] = []
        begun = time.perf_counter()
        while (now := time.perf_counter()) - begun < seconds / 2:
            reader.ask(*_ASKS[len(times) % len(_ASKS)])
            times.append(time.perf_counter() - now)
        median = round(1000 * statistics.median(times), 1)
        return Visit(remote.about(), median, _rate(reader, seconds / 2), len(times))


def _measure(name: str, choice: Choice, seconds: float) -> Measured:
    try:
        with Reader.load(name, engine=choice.engine, precision=choice.precision) as opened:
            list(opened.ask_many(_ASKS))
            return Measured(str(choice), _rate(opened, seconds))
    except TritonQAError as error:
        return Measured(str(choice), 0.0, str(error))


def _rate(reader: Reader, seconds: float) -> float:
    begun, done = time.perf_counter(), 0
    while time.perf_counter() - begun < seconds:
        done += sum(1 for _ in reader.ask_many(_ASKS))
    return round(done / (time.perf_counter() - begun), 1)
