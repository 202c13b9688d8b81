"""A peer's requirements → an environment that has them, and what the peer makes once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
_OFFLINE = {
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "PYTHONPATH": str(HERE.parent),
}


class Failed(Exception):
    """A peer that could not be installed, prepared or started, with what it said."""


def build(name: str, checkpoint: Path, environments: Path) -> Path:
    """Build a peer's environment where it is missing or its requirements changed; return its python.

    A peer without requirements runs in this one. Raises Failed.
    """
    folder = environments.resolve() / name
    requirements = HERE / f"{name}.txt"
    python = Path(sys.executable)
    if requirements.exists():
        python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    wanted = requirements.read_text(encoding="utf-8") if requirements.exists() else ""
    built = folder / "built.txt"
    if not (built.exists() and built.read_text(encoding="utf-8") == wanted):
        folder.mkdir(parents=True, exist_ok=True)
        if wanted:
            _run(sys.executable, "-m", "venv", str(folder))
            _run(str(python), "-m", "pip", "install", "-q", "-r", str(requirements))
        _run(*command(python, name, checkpoint, folder), "--prepare")
        built.write_text(wanted, encoding="utf-8")
    return python


def command(python: Path, name: str, checkpoint: Path, folder: Path) -> list[str]:
    """Return what runs the peer."""
    return [str(python), "-m", "peers.worker", name, str(checkpoint.resolve()), str(folder)]


def environment() -> dict[str, str]:
    """Return the variables that peers run with: they call nobody."""
    return os.environ | _OFFLINE


def _run(*words: str) -> None:
    done = subprocess.run(words, cwd=HERE.parent.parent, env=environment(), capture_output=True, text=True)
    if done.returncode:
        raise Failed((done.stderr.strip() or done.stdout.strip()).splitlines()[-1])
