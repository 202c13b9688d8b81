"""Kill an indexing at random moments until it is done, and compare the library with one that was left alone.

    python benchmarks/library_kill.py FOLDER [--kills 100]

FOLDER holds documents. Where a library is done before there were enough kills, the next is begun.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from record import record

from tritonqa import Library
from tritonqa.library.encoder import find
from tritonqa.library.store import EVERYTHING
from tritonqa.library.store.sqlite import SqliteStore

CODE = """import sys
from tritonqa import Library
from tritonqa.library.encoder import find
find() if sys.argv[3] == "vectors" else None
print("begins", flush=True)
Library(sys.argv[1]).add(sys.argv[2], vectors=sys.argv[3] == "vectors")"""


def held(folder: Path) -> list[tuple[str, str, str | None, float]]:
    """Return all files that a library holds, with their texts, and what a search gives."""
    library = Library(folder)
    hits = {(hit.document, hit.start): round(hit.score, 4) for hit in library.search("the", k=1_000)}
    with SqliteStore(folder).read(EVERYTHING) as view:
        files = [(str(file.path), file.reason, view.text(file.path), 0.0) for file in view.files()]
    return sorted(files) + sorted(
        (document, str(start), None, score) for (document, start), score in hits.items()
    )


def main() -> None:
    """Kill, resume, compare."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--words", action="store_true", help="Make no vectors.")
    options = parser.parse_args()
    made = "words" if options.words else "vectors"
    draw = random.Random(0)
    with tempfile.TemporaryDirectory() as place:
        find()
        code = [sys.executable, "-c", CODE]
        for name in ("first", "whole"):  # the second time tells how long it takes, with all that is cached
            took = alone([*code, str(Path(place) / name), str(options.folder), made])
        whole = held(Path(place) / "whole")
        files = len(Library(Path(place) / "whole").files())
        kills = libraries = differing = 0
        while kills < options.kills:
            killed = Path(place) / f"killed-{libraries}"
            command = [*code, str(killed), str(options.folder), made]
            kills += until_whole(command, draw, took, options.kills - kills)
            libraries += 1
            differing += held(killed) != whole
            print(f"{kills} kills, {libraries} libraries, {differing} differ", flush=True)
    figures = {
        "kills": kills,
        "indexed": made,
        "files": files,
        "libraries": libraries,
        "differing": differing,
        "seconds_alone": round(took, 1),
    }
    record("library-kill", figures)


def alone(command: list[str]) -> float:
    """Return the seconds that indexing takes a process, from when it begins."""
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdout.readline()
        begun = time.perf_counter()
        process.wait()
    return time.perf_counter() - begun


def until_whole(command: list[str], draw: random.Random, took: float, most: int) -> int:
    """Kill the indexing of a folder until one is done before it is killed, or most were; count the kills."""
    for kills in range(most + 1):
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None and process.stdout.readline()
            try:
                process.wait(draw.uniform(0, took) if kills < most else None)
            except subprocess.TimeoutExpired:
                process.kill()
                continue
        if process.returncode:
            raise SystemExit(f"indexing ended with {process.returncode}")
        break
    return kills


if __name__ == "__main__":
    main()
