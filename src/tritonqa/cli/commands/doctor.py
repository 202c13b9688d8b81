"""tritonqa doctor."""

from __future__ import annotations

import json
import statistics
import time
from dataclasses import asdict, dataclass

import click

from tritonqa.cli.options import as_json, reader_name
from tritonqa.cli.output import emit
from tritonqa.client import Address
from tritonqa.client.address import is_address
from tritonqa.engine import Choice, cpu
from tritonqa.errors import EngineError, OutputError, TritonQAError
from tritonqa.progress import bar
from tritonqa.reader import Reader
from tritonqa.reader.choose import available, choose, remember
from tritonqa.reader.find import find_bundle
from tritonqa.reader.remote import Remote

_SENTENCE = "The {} of the old town was built by the guild of masons in {} and restored after the fire. "
_REPEATS = (2, 4, 6, 8, 8, 10, 12, 20)
_ASKS = [
    (f"When was the {thing} built?", _SENTENCE.format(thing, 1600 + i) * count)
    for i, count in enumerate(_REPEATS)
    for thing in ("tower", "bridge")
]
_ABOUT = f"{len(_ASKS)} made-up asks over passages of {2 * 18} to {20 * 18} words"


@dataclass(frozen=True, slots=True)
class Measured:
    """How fast a choice was, or what kept it from running."""

    choice: str
    asks_per_second: float
    problem: str | None = None


@click.command()
@reader_name
@click.option(
    "--seconds",
    type=click.FloatRange(0, min_open=True),
    default=4.0,
    show_default=True,
    help="Time to measure each choice for.",
)
@as_json
def doctor(reader: str, seconds: float, as_json: bool) -> None:
    """Time what a reader can run with on this machine, and remember the fastest; visit one on a Triton.

    The asks are made up: passages of a few sentences to a page. `tritonqa evaluate` gives the quality. Of a
    Triton it says what answers there, how long one ask takes, and how many it answers a second.
    """
    if is_address(reader):
        _visit(reader, seconds, as_json)
        return
    bundle = find_bundle(reader)
    rule, found = choose(bundle), available(bundle)
    rows: list[Measured] = []
    with bar("measuring") as step:
        for choice in found:
            step(len(rows), len(found))
            rows.append(_measure(reader, choice, seconds))
    at = max(range(len(rows)), key=lambda i: rows[i].asks_per_second)
    if rows[at].problem is not None:
        raise EngineError(f"nothing that this reader holds runs here; {rows[at].choice}: {rows[at].problem}")
    try:
        where = remember(bundle, found[at])
    except OSError as error:
        raise OutputError(f"the choice can't be remembered: {error}; mend that folder") from error
    if as_json:
        record = {"cpu": cpu.model(), "asks": _ABOUT, "until_now": str(rule)}
        emit(json.dumps({**record, "measured": [asdict(row) for row in rows], "chosen": rows[at].choice}))
        return
    emit(f"CPU: {cpu.model()}; until now: {rule}; {_ABOUT}")
    for row in rows:
        emit(f"  {row.choice:18} {row.asks_per_second:>8} asks/s  {row.problem or ''}".rstrip())
    emit(f"remembered: {rows[at].choice} (in {where})")


def _visit(url: str, seconds: float, as_json: bool) -> None:
    remote = Remote(Address.parse(url))
    with Reader(remote) as reader:
        list(reader.ask_many(_ASKS))
        times: list[float] = []
        begun = time.perf_counter()
        while (now := time.perf_counter()) - begun < seconds / 2:
            reader.ask(*_ASKS[len(times) % len(_ASKS)])
            times.append(time.perf_counter() - now)
        about = {**remote.about(), "ask_ms": round(1000 * statistics.median(times), 1)}
        about["asks_per_second"] = _rate(reader, seconds / 2)
    if as_json:
        emit(json.dumps({**about, "asks": _ABOUT}))
        return
    emit(f"{about['server']} answers at {url}: {about['reader']}, written by tritonqa {about['tritonqa']}")
    emit(f"one ask at a time: {about['ask_ms']} ms (median of {len(times)}); {_ABOUT}")
    emit(f"many at once: {about['asks_per_second']} asks/s")


def _measure(reader: str, choice: Choice, seconds: float) -> Measured:
    try:
        with Reader.load(reader, engine=choice.engine, precision=choice.precision) as opened:
            list(opened.ask_many(_ASKS))
            return Measured(str(choice), _rate(opened, seconds))
    except TritonQAError as error:
        return Measured(str(choice), 0.0, str(error))


def _rate(reader: Reader, seconds: float) -> float:
    begun, done = time.perf_counter(), 0
    while time.perf_counter() - begun < seconds:
        done += sum(1 for _ in reader.ask_many(_ASKS))
    return round(done / (time.perf_counter() - begun), 1)
