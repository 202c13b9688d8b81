"""How fast documents are indexed, and in how much memory: thousands of files, and one of 2,000 pages.

    python benchmarks/library_index.py DATA LIBRARY [--passages 100000] [--vectors 3000]

DATA holds train/squad-train.jsonl.gz, whose paragraphs, and after them paragraphs of its shuffled sentences,
are written into files of 25, beside LIBRARY, which is made of them by their words alone and kept; --vectors
paragraphs are indexed with their vectors. Each library is indexed in a process of its own, which tells its
memory and that of its parser.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from documents import long_file
from library_corpus import lines
from record import record

EACH = 25
INDEX = """
import json, resource, sys, time
from pathlib import Path
from tritonqa import Library
from tritonqa.library.parse import ParseOptions, apart

with Library(sys.argv[1], options=ParseOptions(seconds=1_500)) as library:
    begun = time.perf_counter()
    report = library.add(sys.argv[2], vectors=sys.argv[3:] == ["vectors"])
    took = time.perf_counter() - begun
    held = library.status()
parser = Path(f"/proc/{apart._PARSER._process.pid}/status").read_text()
print(json.dumps({
    "files": held.files,
    "skipped": len(report.skipped),
    "passages": held.passages,
    "seconds": round(took, 1),
    "passages_per_second": round(held.passages / took, 1),
    "bytes_per_passage": held.bytes // held.passages,
    "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    "parser_peak_mb": int(parser.partition("VmHWM:")[2].split()[0]) // 1024,
}))
"""


def texts(rows: list[dict[str, Any]], count: int) -> Iterator[str]:
    """Give paragraphs, then as many of shuffled sentences as are wanted."""
    paragraphs = list(dict.fromkeys(row["context"] for row in rows))[:count]
    yield from paragraphs
    sentences = [one for paragraph in paragraphs for one in re.split(r"(?<=[.!?])\s+", paragraph)]
    draw = random.Random(0)
    for _ in range(count - len(paragraphs)):
        yield " ".join(draw.sample(sentences, 5))


def write(folder: Path, passages: Iterator[str]) -> None:
    """Write files of EACH."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, some in enumerate(iter(lambda: list(islice(passages, EACH)), [])):
        (folder / f"{number}.txt").write_text("\n\n".join(some) + "\n", encoding="utf-8")


def indexed(library: Path, documents: Path, *how: str) -> dict[str, Any]:
    """Index documents in a process of its own, and return what it tells."""
    command = [sys.executable, "-c", INDEX, str(library), str(documents), *how]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    found: dict[str, Any] = json.loads(told)
    return found


def main() -> None:
    """Write, index, tell."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("library", type=Path)
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--vectors", type=int, default=3_000)
    options = parser.parse_args()
    documents = options.library.with_name(f"{options.library.name}-documents")
    rows = lines(options.data / "train" / "squad-train.jsonl.gz")
    write(documents, texts(rows, options.passages))
    figures = {"many": indexed(options.library, documents)}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "long.pdf"
        long_file(path)
        figures["long"] = indexed(Path(folder) / "long.library", path)
        write(Path(folder) / "some", texts(rows, options.vectors))
        figures["vectors"] = indexed(Path(folder) / "some.library", Path(folder) / "some", "vectors")
    record("library-index", figures)


if __name__ == "__main__":
    main()
