"""Options that commands share."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any, TypeVar

import click

from tritonqa.engine import ENGINES
from tritonqa.engine.precision import PRECISIONS
from tritonqa.reader import Reader
from tritonqa.reader.find import PACKAGED
from tritonqa.spans import Decoding

F = TypeVar("F", bound=Callable[..., Any])

_DEFAULT = Decoding()
PRECISION_HELP = f"{', '.join(PRECISIONS)}: where the reader has it."

reader_name = click.option(
    "--reader",
    default=PACKAGED,
    show_default=True,
    help="A bundle's or checkpoint's folder, a model package, a Hub id, or a Triton's address, "
    "several with commas.",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
language_option = click.option(
    "--language", default="en", show_default=True, help="Rules to compare answers by."
)
top_k = click.option("--top-k", type=int, help=f"Answers at most.  [default: {_DEFAULT.top_k}]")


def engine_options(command: F) -> F:
    """Add --engine and --precision."""
    engine = click.option(
        "--engine",
        help=f"{', '.join(ENGINES)} or a Triton's address; chosen for this machine otherwise.",
    )
    precision = click.option("--precision", help=PRECISION_HELP)
    return engine(precision(command))


def reader_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add --reader, --engine and --precision; the command gets load, which opens what they name."""

    @reader_name
    @engine_options
    @wraps(command)
    def wrapped(*, reader: str, engine: str | None, precision: str | None, **rest: Any) -> None:
        command(load=partial(Reader.load, reader, engine=engine, precision=precision), **rest)

    return wrapped


def answer_options(command: F) -> F:
    """Add what an ask may change, named as AskOptions names it."""
    threshold = click.option(
        "--no-answer-threshold",
        type=float,
        help="Give no answer when none is likelier than this; 1 always answers."
        f"  [default: {_DEFAULT.no_answer_threshold}]",
    )
    prior = click.option(
        "--prior",
        "answerable_prior",
        type=float,
        help=f"Share of questions that can be answered.  [default: {_DEFAULT.answerable_prior}]",
    )
    longest = click.option(
        "--max-answer-tokens",
        type=int,
        help=f"Tokens of an answer at most.  [default: {_DEFAULT.max_answer_tokens}]",
    )
    least = click.option("--min-score", type=float, help="Give no answer whose score is below this.")
    return threshold(prior(longest(least(command))))
