"""tritonqa bench."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from itertools import product
from math import ceil
from pathlib import Path
from typing import Any

import click

from tritonqa.bench import BenchOptions, Load, Result, Target, Workload, asks_of_file, generated, squad_sample
from tritonqa.bench import bench as run_bench
from tritonqa.bench.compare import Pair, combine, compare, read_result
from tritonqa.bench.report import html
from tritonqa.bench.report.page import COLUMNS, cells, knees, remarks
from tritonqa.bench.sweep import sweep
from tritonqa.bench.target import OVER
from tritonqa.cli.options import as_json
from tritonqa.cli.output import show, whole
from tritonqa.cli.signals import stop_wish
from tritonqa.client.address import is_address
from tritonqa.errors import InputError
from tritonqa.progress import bar
from tritonqa.reader.find import PACKAGED

_HOW = BenchOptions()
_CLIENTS = (1, 16)
_PATH = click.Path(path_type=Path)


def bench_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options of a measurement, in the order of its help."""
    options = (
        click.option("--asks", type=_PATH, help="Asks: JSON lines as `ask --batch` takes, or a dataset."),
        click.option("--words", help="Made-up passages of these lengths instead, as 50,200,800."),
        click.option("--repeat", is_flag=True, help="Ask the same texts again: caches of texts may help."),
        click.option("--clients", type=int, multiple=True, help="Clients that each wait; repeatable."),
        click.option("--rate", type=float, multiple=True, help="Asks a second, due at random; repeatable."),
        click.option("--sweep", "sweeps", is_flag=True, help="Rates up to the knee."),
        click.option(
            "--seconds", default=_HOW.seconds, show_default=True, help="To measure a reader for, each load."
        ),
        click.option("--warmup", default=_HOW.warmup, show_default=True, help="Seconds before, unmeasured."),
        click.option("--rounds", default=_HOW.rounds, show_default=True, help="In which readers take turns."),
        click.option("--engine", multiple=True, help="As for ask; repeatable: each is measured."),
        click.option("--precision", multiple=True, help="As for ask; repeatable: each is measured."),
        click.option(
            "--over",
            type=click.Choice(OVER),
            multiple=True,
            help="Ask in process, or a Triton started for it; repeatable.  [default: process]",
        ),
        click.option("--processes", type=int, help="Client processes.  [default: 1; more where one is busy]"),
        click.option(
            "--profile", is_flag=True, help="Time each stage too: tokenise, queue, run, decode, wire."
        ),
        click.option("--report", type=_PATH, help="Write one HTML file with plots."),
        click.option(
            "--compare",
            "compared",
            type=_PATH,
            nargs=2,
            multiple=True,
            help="Compare what --json wrote twice; repeatable, for pairs that were measured in turn.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.command()
@click.argument("readers", metavar="[READER]...", nargs=-1)
@bench_options
@as_json
def bench(readers: tuple[str, ...], report: Path | None, as_json: bool, **options: Any) -> None:
    """Measure how fast each READER answers, at what load, and what it costs.

    READER is a bundle's folder, a model package, or a Triton's address. Without --clients, --rate or --sweep
    there are 1 and then 16 clients. Latency counts from when an ask was due.
    """
    if options["compared"]:
        _compare(options["compared"], as_json)
        return
    workload = _workload(options)
    targets = _targets(readers or (PACKAGED,), options)
    loads = _loads(options)
    names = ("seconds", "warmup", "rounds", "processes", "profile")
    how = BenchOptions(**{name: options[name] for name in names})
    with stop_wish() as stop, whole(report, "report") if report is not None else nullcontext() as page:
        with bar("seconds") as advance:

            def step(passed: float, total: float | None) -> None:
                advance(int(passed), None if total is None else ceil(total))

            if options["sweeps"]:
                result = sweep(targets, workload, how, stop=stop, step=step)
            else:
                result = run_bench(targets, workload, loads, how, stop=stop, step=step)
        show(result.to_dict(), as_json, _lines(result))  # first: a disk may be full
        if page is not None:
            page.write(html(result))
    if result.interrupted:
        raise KeyboardInterrupt


def _workload(options: dict[str, Any]) -> Workload:
    fresh = not options["repeat"]
    if options["asks"] is not None and options["words"] is not None:
        raise InputError("--asks and --words exclude each other; give one of them")
    if options["asks"] is not None:
        return asks_of_file(options["asks"], fresh=fresh)
    if options["words"] is not None:
        try:
            return generated([int(word) for word in options["words"].split(",")], fresh=fresh)
        except ValueError as error:
            raise InputError(
                f"--words must be lengths with commas between, as 50,200, not {options['words']!r}"
            ) from error
    return squad_sample(fresh=fresh)


def _targets(readers: tuple[str, ...], options: dict[str, Any]) -> list[Target]:
    """Combine readers with engines, precisions and ways; beside others a Triton's address stands alone."""
    given = product(
        *(options[name] or (None,) for name in ("engine", "precision")), options["over"] or OVER[:1]
    )
    ways, mixed = list(given), not all(map(is_address, readers))
    chosen = {reader: ways[:0] if mixed and is_address(reader) else ways for reader in readers}
    return [Target(reader, *way) for reader in readers for way in chosen[reader] or [(None, None)]]


def _loads(options: dict[str, Any]) -> list[Load]:
    given = [name for name in ("clients", "rate", "sweeps") if options[name]]
    if len(given) > 1:
        raise InputError(
            f"--{given[0]} and --{given[1].removesuffix('s')} exclude each other; give one of them"
        )
    if options["rate"]:
        return [Load(rate=rate) for rate in options["rate"]]
    return [Load(clients=clients) for clients in options["clients"] or _CLIENTS]


def _lines(result: Result) -> Iterator[str]:
    rows = [COLUMNS, *map(cells, result.runs)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
    yield from (*knees(result), *remarks(result))


def _compare(files: Sequence[tuple[Path, Path]], as_json: bool) -> None:
    read = [(read_result(first), read_result(second)) for first, second in files]
    pairs = combine([compare(first, second) for first, second in read])
    show({"pairs": [pair.to_dict() for pair in pairs]}, as_json, map(_sentence, pairs))
    kinds = {one.get("machine", {}).get("kind") for both in read for one in both}
    if not as_json and len(kinds) > 1:
        click.echo("note: they were measured on machines of different kinds", err=True)


def _sentence(pair: Pair) -> str:
    ratios = ", ".join(
        f"{name} {ratio.value:.3f} ({ratio.low:.3f} to {ratio.high:.3f}, {ratio.verdict})"
        for name, ratio in pair.ratios.items()
    )
    return f"{pair.target}, {pair.load}: {pair.verdict}. Second over first: {ratios}"
