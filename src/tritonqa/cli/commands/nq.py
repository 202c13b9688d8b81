"""tritonqa nq."""

from __future__ import annotations

import click

from tritonqa.cli.nq.convert import convert
from tritonqa.cli.nq.evaluate import evaluate
from tritonqa.cli.nq.predict import predict
from tritonqa.cli.nq.train import train


@click.group()
def nq() -> None:
    """Work with Natural Questions: whole pages in; long, short, yes or no answers, or none, out.

    Pages are files of JSON lines in the official or the simplified format, also .gz.
    """


for command in (convert, evaluate, predict, train):
    nq.add_command(command)
