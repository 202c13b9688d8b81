"""Write docs/cli.md from the commands' own help: run me after changing a command."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from tritonqa.cli.main import cli

PAGE = Path(__file__).parent / "cli.md"
_HEAD = """# Command line

Written from the commands' own help by `docs/reference.py`; a test holds it current. Results go to stdout,
in UTF-8, bars and notes to stderr; an error is one sentence.
"""


def page() -> str:
    """Return the page: the help of every command and subcommand."""
    sections = (f"## {name}\n\n```text\n{text}\n```\n" for name, text in helps(cli, None, "tritonqa"))
    return "\n".join((_HEAD, *sections))


def helps(command: click.Command, parent: click.Context | None, name: str) -> Iterator[tuple[str, str]]:
    """Give the full name and the help of a command and all below it."""
    context = click.Context(command, parent, name, terminal_width=100, **command.context_settings)
    yield context.command_path, command.get_help(context)
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            assert found is not None
            yield from helps(found, context, child)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
