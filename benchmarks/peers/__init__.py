"""Other software that does the same job, each in an environment of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

HERE = Path(__file__).parent
NAMES = ("transformers_pipeline", "haystack_reader")


class Peer:
    """A peer that answers chunks of asks, in a process that keeps its model loaded."""

    def __init__(self, name: str, checkpoint: Path, environments: Path) -> None:
        """Build the peer's environment where it is missing, and start it."""
        python = environments / name / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", str(environments / name)], check=True)
            requirements = str(HERE / f"{name}.txt")
            subprocess.run([str(python), "-m", "pip", "install", "-q", "-r", requirements], check=True)
        self._process = subprocess.Popen(
            [str(python), str(HERE / f"{name}.py"), str(checkpoint)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "HAYSTACK_TELEMETRY_ENABLED": "False", "HF_HUB_OFFLINE": "1"},
        )

    def answer(self, asks: Sequence[tuple[str, str]]) -> tuple[float, list[str]]:
        """Return the seconds the asks took and the answers' texts."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(asks) + "\n")
        self._process.stdin.flush()
        found = json.loads(self._process.stdout.readline())
        return found["seconds"], [text or "" for text in found["answers"]]

    def __enter__(self) -> Peer:
        """Use the peer in a with block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the peer's process."""
        self._process.terminate()
        self._process.wait()
