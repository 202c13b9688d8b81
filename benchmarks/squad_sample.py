"""Write the asks that `tritonqa bench` brings: SQuAD's own mix of lengths, each passage once.

    python benchmarks/squad_sample.py SQUAD_FILE OUT.jsonl.gz [--asks N]

Of all paragraphs, ordered by length, every n-th with one of its questions; then in a fixed random order.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from pathlib import Path

from tritonqa.datasets import load_squad


def main() -> None:
    """Choose and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--asks", type=int, default=240)
    options = parser.parse_args()
    draw = random.Random(0)
    asked: dict[str, list[str]] = {}
    for example in load_squad(options.file).examples:
        asked.setdefault(example.context, []).append(example.question)
    ordered = sorted(asked, key=lambda text: (len(text), text))
    chosen = [ordered[int((i + 0.5) * len(ordered) / options.asks)] for i in range(options.asks)]
    draw.shuffle(chosen)
    rows = [{"question": draw.choice(asked[text]), "passages": [text]} for text in chosen]
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    with gzip.GzipFile(options.out, "wb", mtime=0) as stream:
        stream.write(lines.encode())
    print(f"{len(rows)} asks, {sum(map(len, chosen)) / len(chosen):.0f} characters a passage")


if __name__ == "__main__":
    main()
