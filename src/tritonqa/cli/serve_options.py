"""Options of `tritonqa serve`, made from the dataclasses that they fill."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from tritonqa.cli.fields import add_options, filled, named_by_option
from tritonqa.errors import InputError
from tritonqa.triton.repository.options import Limits, LogitsOptions, Models
from tritonqa.triton.server.options import Serving


def models_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add what the models of a repository are to be; the command gets models."""

    @add_options(Models, Limits)
    @click.option("--logits/--no-logits", default=True, help="Serve the model logits too.  [default: yes]")
    @click.option("--encoder/--no-encoder", "logits", hidden=True)  # its name in 0.1
    @add_options(LogitsOptions)
    @wraps(command)
    def wrapped(*, logits: bool, warmup: str, **given: Any) -> None:
        with named_by_option(Models, Limits, LogitsOptions):
            given["warmup"] = _lengths(warmup)
            options = filled(LogitsOptions, given)
            if not logits and options != LogitsOptions():
                raise InputError("--no-logits leaves nothing to set options of logits for; leave one away")
            models = filled(Models, given, limits=filled(Limits, given), logits=options if logits else None)
        command(models=models, **given)

    return wrapped


def server_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add where and how the server runs; the command gets serving."""

    @add_options(Serving)
    @wraps(command)
    def wrapped(*, models: Models, **given: Any) -> None:
        with named_by_option(Serving):
            rate_limit = models.logits.rate_limit if models.logits else None
            serving = filled(Serving, given, rate_limit=rate_limit)
        command(models=models, serving=serving, **given)

    return wrapped


def _lengths(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(word) for word in text.split(",") if word.strip())
    except ValueError as error:
        raise InputError(
            f"warmup must be lengths with commas between, like 32,128, not {text!r}", "warmup"
        ) from error
