"""podman or docker, as commands."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import click


@dataclass(frozen=True)
class Containers:
    """An engine of containers, and the image that is checked."""

    engine: str
    image: str

    def run(self, *words: str, given: str | None = None) -> str:
        """Return what a command of the engine prints; raises ClickException where it fails."""
        return _output([self.engine, *words], given=given)

    def build(self, folder: Path, file: str, tag: str, options: tuple[str, ...]) -> None:
        """Build an image of a folder, with its health check, which OCI's own format has not."""
        known = ["--format=docker"] if self.engine == "podman" else []
        command = [self.engine, "build", *known, *options, "--tag", tag, "--file", file, "."]
        if subprocess.run(command, cwd=folder, check=False).returncode:
            raise click.ClickException(f"{tag} could not be built")

    def compose(self, folder: Path, *words: str, **variables: str) -> None:
        """Run the engine's compose in a folder, with environment variables."""
        command = ["podman-compose"] if self.engine == "podman" else [self.engine, "compose"]
        _output([*command, *words], folder, variables)

    @property
    def server(self) -> str:
        """The id of the container that runs the image; empty where none does."""
        ids = self.run("ps", "--quiet", "--filter", f"ancestor={self.image}").split()
        return ids[0] if ids else ""


def _output(
    command: list[str],
    folder: Path | None = None,
    variables: dict[str, str] | None = None,
    given: str | None = None,
) -> str:
    environment = os.environ | (variables or {})
    done = subprocess.run(
        command, cwd=folder, env=environment, input=given, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise click.ClickException(f"{' '.join(command)}: {done.stderr.strip() or done.returncode}")
    return done.stdout.strip()
