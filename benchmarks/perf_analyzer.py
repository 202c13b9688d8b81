"""Triton's own load generator, on the models reader and logits."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from tritonqa.triton.runtime.install import install
from tritonqa.triton.server.server import Server


def perf(server: Server, asks: list[tuple[str, str]], wheel: Path) -> dict[str, str]:
    """Drive reader and logits with perf_analyzer; return its tables."""
    tokens = {"input_ids": 2000, "attention_mask": 1, "token_type_ids": 0}
    inputs: dict[str, list[dict[str, Any]]] = {
        "reader": [
            {"question": [question], "passages": {"content": [passage], "shape": [1]}}
            for question, passage in asks
        ],
        "logits": [
            {name: {"content": [value] * size, "shape": [size]} for name, value in tokens.items()}
            for size in (64, 128, 192, 256)
        ],
    }
    with tempfile.TemporaryDirectory() as name:
        program = unpack(wheel, Path(name))
        return {model: table(program, server, model, rows) for model, rows in inputs.items()}


def unpack(wheel: Path, folder: Path) -> Path:
    """Take perf_analyzer out of its wheel; the two libraries it lacks are the server's."""
    with zipfile.ZipFile(wheel) as archive:
        member = next(item for item in archive.namelist() if item.endswith("/perf_analyzer"))
        program = Path(archive.extract(member, folder))
    program.chmod(0o755)
    for wanted, have in (("libb64.so.0d", "libb64-*"), ("libcudart.so.12", "libcudart-*")):
        (program.parent / wanted).symlink_to(next(install().libraries.glob(have)))
    return program


def table(program: Path, server: Server, model: str, rows: list[dict[str, Any]]) -> str:
    """Run perf_analyzer on a model at 1, 4 and 16 requests at once; return its last table."""
    data = program.parent / f"{model}.json"
    data.write_text(json.dumps({"data": rows}))
    command: list[str | Path] = [
        program,
        "-m",
        model,
        "-i",
        "grpc",
        "-u",
        server.grpc.target,
        "--input-data",
        data,
    ]
    command += [
        "--input-data",
        data,
        "--measurement-mode",
        "count_windows",
        "--measurement-request-count",
        "80",
    ]
    command += ["--max-trials", "3", "--stability-percentage", "999"]
    paths = f"{program.parent}:{install().libraries}"
    lines = []
    for clients in (1, 4, 16):
        done = subprocess.run(
            [*command, "--concurrency-range", str(clients)],
            env={**os.environ, "LD_LIBRARY_PATH": paths},
            capture_output=True,
            text=True,
            check=False,
        )
        found = [line for line in done.stdout.splitlines() if line.startswith("Concurrency: ")]
        lines.append(found[-1] if found else done.stdout[-500:] + done.stderr[-500:])
    return "\n".join(lines)
