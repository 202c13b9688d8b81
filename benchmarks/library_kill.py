"""Kill an indexing at random moments, let it end, and compare the library with one that was left alone.

    python benchmarks/library_kill.py FOLDER [--kills 100]

FOLDER holds documents.
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
from tritonqa.library.store import EVERYTHING
from tritonqa.library.store.sqlite import SqliteStore

CODE = "import sys; from tritonqa import Library; Library(sys.argv[1]).add(sys.argv[2])"


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
    options = parser.parse_args()
    draw = random.Random(0)
    with tempfile.TemporaryDirectory() as place:
        begun = time.perf_counter()
        Library(Path(place) / "whole").add(options.folder)
        took = time.perf_counter() - begun
        command = [sys.executable, "-c", CODE, str(Path(place) / "killed"), str(options.folder)]
        for _ in range(options.kills):
            with subprocess.Popen(command) as process:
                time.sleep(draw.uniform(0, took))
                process.kill()
        subprocess.run(command, check=True)
        same = held(Path(place) / "whole") == held(Path(place) / "killed")
    record("library-kill", {"kills": options.kills, "seconds_alone": round(took, 1), "same": same})


if __name__ == "__main__":
    main()
