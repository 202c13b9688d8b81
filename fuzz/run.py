"""Fuzz the parsers: python fuzz/run.py TARGET… --seconds 60."""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
CORPUS, FOUND = HERE / "corpus", HERE / "found"
_LONGEST = 4096  # bytes of an input
_SIZE, _DEPTH = 2048, 8  # megabytes, and edits of a mutation


def main() -> None:
    """Run the targets one after the other; exit 1 where one broke."""
    options = _options()
    if options.inside:
        _inside(options.inside, options.seconds)
        return
    from targets import TARGETS

    if options.list:
        print("\n".join(sorted(TARGETS)))
        return
    names = sorted(TARGETS) if options.all else options.targets
    files = [Path(name) for name in names if name not in TARGETS]
    if files:
        for file in files:
            TARGETS[names[0]](file.read_bytes())
        return
    rows = [_fuzz(name, options.seconds) for name in names]
    if options.json:
        report = {"guided": _has_atheris(), "seconds_each": options.seconds, "targets": rows}
        Path(options.json).write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    sys.exit(any(row["broke"] for row in rows))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="and files, to run again")
    parser.add_argument("--all", action="store_true", help="all targets")
    parser.add_argument("--list", action="store_true", help="name the targets")
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("--json", help="write what was run to this file")
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    return parser.parse_args()


def _fuzz(name: str, seconds: int) -> dict[str, Any]:
    """Fuzz a target in a process of its own, which may crash."""
    (FOUND / name).mkdir(parents=True, exist_ok=True)
    command = [sys.executable, __file__, "--inside", name, "--seconds", str(seconds)]
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None
    with tempfile.TemporaryDirectory(prefix="tritonqa-fuzz-", dir=memory) as folder:
        here = {**os.environ, "TMPDIR": folder}
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", env=here)
    told = re.findall(r"(?:#|executed )(\d+)", done.stderr)
    runs, broke = max(map(int, told), default=0), done.returncode != 0
    print(f"{name:20} {runs:>12,} inputs  {'BROKE' if broke else 'well'}", flush=True)
    if broke:
        print(done.stderr[-3000:], file=sys.stderr)
    return {"target": name, "inputs": runs, "broke": broke}


def _inside(name: str, seconds: int) -> None:
    if _has_atheris():
        _guided(name, seconds)
    else:
        _mutated(name, seconds)


def _guided(name: str, seconds: int) -> None:
    import atheris

    with atheris.instrument_imports(include=["tritonqa"]):
        from targets import TARGETS
    limits = [f"-max_total_time={seconds}", f"-max_len={_LONGEST}", f"-rss_limit_mb={_SIZE}", "-timeout=20"]
    written = [f"-artifact_prefix={FOUND / name}/", "-print_final_stats=1"]
    arguments = [sys.argv[0], *limits, *written, str(FOUND / name), str(CORPUS / name)]
    atheris.Setup(arguments, TARGETS[name])
    atheris.Fuzz()


def _mutated(name: str, seconds: int) -> None:
    from targets import TARGETS

    seeds = [path.read_bytes() for path in sorted((CORPUS / name).iterdir())]
    until, runs, chance = time.monotonic() + seconds, 0, random.Random(time.time_ns())
    while time.monotonic() < until:
        data = mutated(chance.choice(seeds), chance.choice(seeds), chance)
        runs += 1
        try:
            TARGETS[name](data)
        except BaseException:
            (FOUND / name / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
            print(f"executed {runs}", file=sys.stderr)
            raise
    print(f"executed {runs}", file=sys.stderr)


def mutated(data: bytes, other: bytes, chance: random.Random) -> bytes:
    """Change a few bytes or runs of bytes, or put a piece of another input in."""
    found = bytearray(data)
    for _ in range(chance.randint(1, _DEPTH)):
        at, length = chance.randint(0, len(found)), chance.randint(1, 16)
        kind = chance.randrange(5)
        if kind == 0 and found:
            found[at % len(found)] ^= 1 << chance.randrange(8)
        elif kind == 1:
            del found[at : at + length]
        elif kind == 2:
            found[at:at] = chance.randbytes(length)
        elif kind == 3:
            found[at:at] = found[at : at + length] * chance.randint(1, 8)
        else:
            start = chance.randint(0, len(other))
            found[at : at + length] = other[start : start + 4 * length]
    return bytes(found[:_LONGEST])


def _has_atheris() -> bool:
    return importlib.util.find_spec("atheris") is not None


if __name__ == "__main__":
    main()
