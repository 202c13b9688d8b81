"""Options → the command lines of the containers."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import fields
from math import ceil
from typing import Any

from tritonqa.checks import option_name
from tritonqa.deploy.options import DeployOptions
from tritonqa.reader.find import PACKAGED
from tritonqa.triton.server.arguments import listening_arguments

BUILT, MADE = "/models", "/repository/models"  # in the image, or written before the server starts
ENTRYPOINT = ["python3", "-m", "tritonqa.triton.server.container"]  # the image's own


def repository(options: DeployOptions) -> str:
    """Return where the server finds its models."""
    return BUILT if options.serves_image else MADE


def server(options: DeployOptions) -> list[str]:
    """Return the arguments of the image: its repository, then flags of Triton's own."""
    flags = listening_arguments(options.place)
    return [repository(options), *flags, f"--exit-timeout-secs={ceil(options.serving.drain_timeout)}"]


def builder(options: DeployOptions) -> list[str]:
    """Return the command that writes a repository other than the image's own, as `serve` would."""
    models = options.models
    given = [*_given(models), *_given(models.limits)]
    given += _given(models.logits) if models.logits else ["--no-logits"]
    reader = [] if options.reader == PACKAGED else [options.reader]
    return ["tritonqa", "serve", *reader, "--build-only", "--repository", MADE, *given]


def writing(options: DeployOptions) -> str:
    """Return the shell's line that writes it anew: a container may run twice on one volume."""
    return f"rm -rf {MADE} && {shlex.join(builder(options))}"


def _given(options: Any) -> Iterator[str]:
    """Write the options of a dataclass that differ from its defaults, as its command takes them."""
    default = type(options)()
    for field in fields(options):
        value = getattr(options, field.name)
        if "help" not in field.metadata or value == getattr(default, field.name):
            continue
        name = option_name(field)
        if value is True:
            yield name
        else:
            yield f"{name}={','.join(map(str, value)) if isinstance(value, tuple) else value}"
