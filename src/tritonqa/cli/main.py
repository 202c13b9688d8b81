"""tritonqa: the command line."""

from __future__ import annotations

import os
import sys

import click

from tritonqa import __version__
from tritonqa.cli.ask import ask
from tritonqa.cli.doctor import doctor
from tritonqa.cli.evaluate import evaluate
from tritonqa.cli.serve import serve
from tritonqa.cli.triton import triton
from tritonqa.errors import BundleError, EngineError, InputError, MissingExtra, TritonQAError

EXIT_CODES = ((InputError, 2), (BundleError, 3), (EngineError, 4), (MissingExtra, 5), (TritonQAError, 1))


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="tritonqa")
def cli() -> None:
    """Read exact, cited answers from texts.

    Exit codes: 0 done, 2 bad input, 3 reader can't be loaded, 4 engine failed, 5 an extra is not installed,
    130 interrupted.
    """


cli.add_command(ask)
cli.add_command(doctor)
cli.add_command(evaluate)
cli.add_command(serve)
cli.add_command(triton)


def main() -> None:
    """Run the command line; errors are one sentence on stderr and an exit code."""
    try:
        code = cli.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except TritonQAError as error:
        click.echo(f"error: {error}", err=True)
        code = next(code for kind, code in EXIT_CODES if isinstance(error, kind))
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        code = 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    sys.exit(code or 0)
