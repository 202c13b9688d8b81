"""Kill a bulk run at random moments all along its way, and compare what it wrote with one left alone.

python benchmarks/bulk_kill.py [--rows 20000] [--kills 10] [--engine toy]
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from hashlib import sha256
from pathlib import Path

from record import record

_PARTS = 200  # of the run
_LOOK = 0.01  # seconds
_TRITONQA = [sys.executable, "-c", "from tritonqa.cli.main import main; main()"]


def main() -> None:
    """Run, kill, compare."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--engine", help="As for ask.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "asks.jsonl"
        _write(source, options.rows)
        engine = ["--engine", options.engine] if options.engine else []
        size = max(1, options.rows // _PARTS)
        command = [*_TRITONQA, "bulk", str(source), "--rows", str(size), *engine, "-o"]
        whole, killed = Path(folder) / "whole", Path(folder) / "killed"
        begun = time.perf_counter()
        subprocess.run([*command, str(whole)], check=True, stdout=subprocess.DEVNULL)
        took = time.perf_counter() - begun
        parts = [
            _killed([*command, str(killed)], killed, i, options.kills, took) for i in range(options.kills)
        ]
        subprocess.run([*command, str(killed)], check=True, stdout=subprocess.DEVNULL)
        ours, theirs = _contents(killed), _contents(whole)
        left = [str(path.relative_to(killed)) for path in killed.rglob(".*.tmp")]
    name = f"bulk-kill{'-' + options.engine if options.engine else ''}"
    figures = {
        "rows": options.rows,
        "engine": options.engine or "the packaged reader's",
        "kills": options.kills,
        "parts_when_killed": parts,
        "files": len(theirs),
        "files_that_differ": sorted(
            name for name in {**ours, **theirs} if ours.get(name) != theirs.get(name)
        ),
        "left_behind": left,
        "seconds_undisturbed": round(took, 1),
    }
    record(name, figures)
    sys.exit(bool(figures["files_that_differ"] or left))


def _write(path: Path, rows: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        for i in range(rows):
            text = f"Book {i} was written by Ada the {i}th in {1000 + i % 1000}, and sold in Genève 🤗."
            ask = {"id": i, "question": f"Who wrote book {i}?", "passages": text}
            file.write(json.dumps(ask if i % 50 else {**ask, "question": ""}) + "\n")


def _killed(command: list[str], folder: Path, number: int, kills: int, took: float) -> int:
    """Kill a run within a part, this one's share of the way on; return how many parts were there."""
    wanted = _PARTS * (number + 1) // (kills + 1)
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        while len(list(folder.glob("part-*"))) < wanted and process.poll() is None:
            time.sleep(_LOOK)
        time.sleep(random.uniform(0, took / _PARTS))
        process.kill()
    if process.returncode == 0:
        raise SystemExit("it was done before it was killed; give more rows")
    return len(list(folder.glob("part-*")))


def _contents(folder: Path) -> dict[str, str]:
    """Return what each file of a run holds, as a hash; the lock is nobody's output."""
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


if __name__ == "__main__":
    main()
