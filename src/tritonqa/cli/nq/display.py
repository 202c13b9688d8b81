"""Figures on Natural Questions → what a terminal shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from tritonqa.evaluate.natural_questions import REASONS
from tritonqa.evaluate.natural_questions.figures import TARGETS


def figure_lines(found: dict[str, Any]) -> Iterator[str]:
    """Give the figures of an evaluation, the tables as the official script prints them, and the losses."""
    yield f"{found['pages']:,} pages; an answer is there where {found['least-annotators']} have marked one"
    for kind in ("long", "short"):
        yield ""
        yield f"{click.style(f'{kind} answers', bold=True)}: {found[f'{kind}-gold']:,} pages have one"
        best = [found[f"{kind}-best-threshold{part}"] for part in ("-f1", "-precision", "-recall", "")]
        yield "best F1 {:.2%}   precision {:.2%}   recall {:.2%}   from score {:.4g} on".format(*best)
        for target in TARGETS:
            recall, precision = (found[f"{kind}-{n}-at-precision>={target}"] for n in ("recall", "precision"))
            yield f"R@P={target:<4} {recall:7.2%}   actual precision {precision:.2%}"
        if kind == "short":
            near = [found[f"short-overlap-{part}"] for part in ("f1", "precision", "recall")]
            yield "near ones in part: F1 {:.2%}   precision {:.2%}   recall {:.2%}".format(*near)
        nothing = [found[f"{kind}-null-{part}"] for part in ("precision", "recall")]
        yield "no answer   precision {:.2%}   recall {:.2%}".format(*nothing)
    yield ""
    yield "micro F1 {micro-f1:.2%}   precision {micro-precision:.2%}   recall {micro-recall:.2%}".format(
        **found
    )
    yield ""
    yield f"{'lost by':<18}{'long':>8}{'short':>8}"
    for reason in REASONS:
        yield f"{reason:<18}{found['long-losses'][reason]:>8}{found['short-losses'][reason]:>8}"
