"""A result → HTML: a table of the runs, figures, notes, the machine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from importlib.resources import files

from tritonqa.bench.bench import Result
from tritonqa.bench.report.figures import Figure, figures_of
from tritonqa.bench.report.number import number
from tritonqa.bench.summary import Run

COLUMNS = ("reader", "engine", "load", "asks/s", "p50 ms", "p90 ms", "p99 ms", "CPU ms", "errors", "differ")


def html(result: Result) -> str:
    """Return the page: style and drawings are in it, nothing is loaded."""
    style = files("tritonqa.bench.report").joinpath("style.css").read_text(encoding="utf-8")
    figures = "\n".join(map(_figure, figures_of(result.runs)))
    return "\n".join(
        (
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>tritonqa bench: {escape(result.workload)}</title>",
            f"<style>\n{style}</style>\n</head>\n<body>",
            f"<h1>tritonqa bench</h1>\n<p>{escape(_about(result))}</p>",
            _table(result.runs),
            _notes(result),
            figures,
            _machine(result),
            "</body>\n</html>\n",
        )
    )


def cells(run: Run) -> tuple[str, ...]:
    """Return a run's figures as texts, by COLUMNS; throughput with its interval."""
    low, high = run.intervals.get("asks_per_second", (run.asks_per_second, run.asks_per_second))
    differ = f"{run.differing} of {run.compared}" if run.differing else "0"
    return (
        run.target,
        run.engine or "the server's",
        run.load,
        f"{run.asks_per_second:.1f} ({low:.1f} to {high:.1f})",
        *(number(value) for value in (run.p50_ms, run.p90_ms, run.p99_ms, run.cpu_ms_per_ask)),
        str(run.errors),
        differ,
    )


def knees(result: Result) -> Iterable[str]:
    """Say of each sweep where its knee is."""
    for knee in result.knees:
        yield (
            f"{knee['reader']} keeps up with {knee['asks_per_second']:.1f} asks/s "
            f"(p50 {number(knee['p50_ms'])} ms, p99 {number(knee['p99_ms'])} ms); "
            f"16 clients that wait get {knee['closed_loop_asks_per_second']:.1f}"
        )


def remarks(result: Result) -> list[str]:
    """Return what a reader of the figures must know, each with the run it is about."""
    own = [f"{run.target}, {run.load}: {note}" for run in result.runs for note in run.notes]
    said = (
        "interrupted: these are the asks until then" if result.runs else "interrupted before any was measured"
    )
    return [*([said] if result.interrupted else []), *result.notes, *own]


def _about(result: Result) -> str:
    about = result.machine
    return (
        f"{result.workload}, on {about['cpu']} ({about['cores']} cores, {about['kind']}), {result.date}. "
        "Latency counts from when an ask was due. In brackets: 95 % intervals."
    )


def _table(runs: Sequence[Run]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in COLUMNS)
    rows = "\n".join(
        "<tr>" + "".join(f"<td>{escape(text)}</td>" for text in cells(run)) + "</tr>" for run in runs
    )
    head, body = f"<thead><tr>{head}</tr></thead>", f"<tbody>\n{rows}\n</tbody>"
    return f'<div class="wide"><table>\n{head}\n{body}\n</table></div>'


def _notes(result: Result) -> str:
    said = [*knees(result), *remarks(result)]
    return "<ul>" + "".join(f"<li>{escape(text)}</li>" for text in said) + "</ul>" if said else ""


def _figure(figure: Figure) -> str:
    keys = "".join(
        f'<span class="key"><i class="c{colour}"></i>{escape(text)}</span>' for colour, text in figure.legend
    )
    return (
        f"<figure>\n<h2>{escape(figure.title)}</h2>\n"
        f'<div class="wide">{figure.drawing}</div>\n<div>{keys}</div>\n'
        f"<figcaption>{escape(figure.sentence)}</figcaption>\n</figure>"
    )


def _machine(result: Result) -> str:
    about = {**result.machine, **result.machine["versions"]}
    rows = [(name, value) for name, value in about.items() if name != "versions"]
    body = "".join(f"<tr><th>{escape(str(a))}</th><td>{escape(str(b))}</td></tr>" for a, b in rows)
    return f"<details><summary>Machine and versions</summary><table>{body}</table></details>"
