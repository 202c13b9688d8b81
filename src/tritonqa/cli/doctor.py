"""tritonqa doctor."""

from __future__ import annotations

import json
import time

import click

from tritonqa.errors import TritonQAError
from tritonqa.reader import Reader
from tritonqa.reader.load import PACKAGED, available, choose, find, remember

_SENTENCE = "The {} of the old town was built by the guild of masons in {} and restored after the fire. "
_REPEATS = (2, 4, 6, 8, 8, 10, 12, 20)


@click.command()
@click.option("--reader", default=PACKAGED, show_default=True, help="A bundle's folder or a model package.")
@click.option("--seconds", default=4.0, show_default=True, help="Time to measure each choice for.")
@click.option("--json", "as_json", is_flag=True, help="Print what was measured as JSON.")
def doctor(reader: str, seconds: float, as_json: bool) -> None:
    """Time what a reader can run with on this machine, and remember the fastest."""
    from tritonqa.engine import cpu

    bundle = find(reader)
    rule = choose(bundle)
    rows = []
    for choice in available(bundle):
        try:
            speed = _speed(reader, choice.engine, choice.precision, seconds)
            rows.append({"choice": str(choice), "asks_per_second": round(speed, 1), "problem": None})
        except TritonQAError as error:
            rows.append({"choice": str(choice), "asks_per_second": 0.0, "problem": str(error)})
    best = max(rows, key=lambda row: float(str(row["asks_per_second"])))
    kept = next(choice for choice in available(bundle) if str(choice) == best["choice"])
    where = remember(bundle, kept)
    if as_json:
        record = {"cpu": cpu.model(), "until_now": str(rule), "measured": rows, "chosen": str(kept)}
        click.echo(json.dumps(record))
        return
    click.echo(f"CPU: {cpu.model()}; until now: {rule}")
    for row in rows:
        click.echo(f"  {row['choice']:18} {row['asks_per_second']:>8} asks/s  {row['problem'] or ''}")
    click.echo(f"remembered: {kept} (in {where})")


def _speed(reader: str, engine: str, precision: str, seconds: float) -> float:
    asks = [
        (f"When was the {thing} built?", _SENTENCE.format(thing, 1600 + i) * count)
        for i, count in enumerate(_REPEATS)
        for thing in ("tower", "bridge")
    ]
    with Reader.load(reader, engine=engine, precision=precision) as opened:
        list(opened.ask_many(asks))
        begun, done = time.perf_counter(), 0
        while time.perf_counter() - begun < seconds:
            done += len(list(opened.ask_many(asks)))
        return done / (time.perf_counter() - begun)
