"""tritonqa: the command line."""

from __future__ import annotations

import io
import sys
from importlib import import_module
from pkgutil import iter_modules

import click

from tritonqa import __version__
from tritonqa.cli import commands
from tritonqa.errors import (
    BundleError,
    EngineError,
    ExportError,
    InputError,
    LibraryError,
    MissingExtra,
    TrainingError,
    TritonQAError,
)

COMMANDS = tuple(sorted(module.name for module in iter_modules(commands.__path__)))
EXIT_CODES = (
    (InputError, 2),
    (BundleError, 3),
    (EngineError, 4),
    (MissingExtra, 5),
    (ExportError, 6),
    (TrainingError, 6),
    (LibraryError, 7),
    (TritonQAError, 1),
)


class Commands(click.Group):
    """Import a command from its module of the same name when it is used, and no other."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"tritonqa.cli.commands.{cmd_name}"), cmd_name)
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="tritonqa")
def cli() -> None:
    """Read exact, cited answers from texts.

    Exit codes: 0 done, 1 output can't be written or a quotation is not verified, 2 bad input, 3 reader can't
    be loaded, 4 engine failed, 5 an extra is not installed, 6 export or training refused, 7 library can't be
    opened or written, 130 interrupted, 141 who read the output left.
    """


def main() -> None:
    r"""Run the command line; errors are one sentence on stderr and an exit code. Output is UTF-8.

    What UTF-8 can't carry, a byte of a file's name that is none, is written as JSON writes it: \udc80.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
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
    sys.exit(code or 0)
