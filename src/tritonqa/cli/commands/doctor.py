"""tritonqa doctor."""

from __future__ import annotations

from collections.abc import Iterator

import click

from tritonqa.cli.options import as_json, reader_name
from tritonqa.cli.output import show
from tritonqa.client.address import is_address
from tritonqa.progress import bar
from tritonqa.reader.doctor import ABOUT, Diagnosis, Visit, diagnose, visit


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
        seen = visit(reader, seconds)
        show(seen.to_dict(), as_json, _of_visit(seen, reader))
        return
    with bar("measuring") as step:
        found = diagnose(reader, seconds, step)
    show(found.to_dict(), as_json, _of_diagnosis(found))


def _of_diagnosis(found: Diagnosis) -> Iterator[str]:
    yield f"CPU: {found.cpu}; until now: {found.until_now}; {found.asks}"
    for row in found.measured:
        yield f"  {row.choice:22} {row.asks_per_second:>8} asks/s  {row.problem or ''}".rstrip()
    yield f"remembered: {found.chosen} (in {found.remembered})"


def _of_visit(seen: Visit, url: str) -> Iterator[str]:
    about = seen.about
    yield f"{about['server']} answers at {url}: {about['reader']}, written by tritonqa {about['tritonqa']}"
    yield f"one ask at a time: {seen.ask_ms} ms (median of {seen.measured}); {ABOUT}"
    yield f"many at once: {seen.asks_per_second} asks/s"
