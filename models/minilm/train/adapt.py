"""Adapt the packaged reader to texts of a kind it hardly knows: the gain by the number of questions.

    python models/minilm/train/adapt.py --data DIR [--file train/squadshifts-amazon.jsonl.gz] [--sizes 250,…]

Passages that the packaged reader was trained on are left out; a quarter of the rest is asked before and
after. Each size is what `tritonqa train` does with so many questions. Figures: results/NAME/adaptation.json.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from datetime import date
from pathlib import Path
from time import monotonic

import numpy as np

from evaluate import RESULTS
from mix import mix
from tritonqa import Reader
from tritonqa.cli.progress import bar
from tritonqa.evaluate import Dataset, Example, load_squad
from tritonqa.evaluate.run import evaluate
from tritonqa.reader.load import PACKAGED
from tritonqa.train.run import train
from tritonqa.train.split import split


def main() -> None:
    """Train on each size, ask the same questions of all."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--file", default="train/squadshifts-amazon.jsonl.gz")
    parser.add_argument("--sizes", default="250,1000")
    parser.add_argument("--name", default=date.today().isoformat())
    options = parser.parse_args()
    seen = {example.context for example in mix(options.data).examples}
    fresh = [e for e in load_squad(options.data / options.file).examples if e.context not in seen]
    parts = split(fresh, 0.25, 0)
    order = np.random.default_rng(0).permutation(len(parts.learnt))
    rows = [{"questions": 0, **judge(PACKAGED, parts.held)}]
    for size in map(int, options.sizes.split(",")):
        learnt = [parts.learnt[i] for i in sorted(order[:size])]
        folder, begun = Path(tempfile.mkdtemp()), monotonic()
        try:
            with bar(f"{len(learnt)} questions") as step:
                train(PACKAGED, learnt, folder / "adapted", report=lambda _, done, of: step(done, of))
            minutes = (monotonic() - begun) / 60
            found = judge(str(folder / "adapted"), parts.held)
        finally:
            shutil.rmtree(folder)
        rows.append({"questions": len(learnt), "minutes": round(minutes, 1), **found})
        print(json.dumps(rows[-1]), flush=True)
    folder = RESULTS / options.name
    folder.mkdir(parents=True, exist_ok=True)
    record = {"file": options.file, "asked": len(parts.held), "runs": rows}
    (folder / "adaptation.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def judge(name: str, examples: tuple[Example, ...]) -> dict[str, float]:
    """Ask a reader, as it runs on this machine."""
    with Reader.load(name) as reader, bar("asking") as step:
        figures = evaluate(reader, Dataset("1.1", examples), step).figures
    return {"exact_match": figures["exact_match"], "f1": figures["f1"]}


if __name__ == "__main__":
    main()
