"""Adapt the packaged reader to questions of another kind: the gain by the number of questions.

    python -m models.minilm.experiments.adapt --data DIR [--file train/qamr-test.jsonl.gz] [--sizes 250,1000]

Asked before and after are questions on passages that search.toml never draws; learnt from are
others, by `tritonqa train`'s own code. Figures go to results/NAME/adaptation.json.
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

from models.minilm.experiments.mix import HERE, RESULTS, mix
from tritonqa import Reader
from tritonqa.datasets import Dataset, Example, load_squad
from tritonqa.evaluate.run import evaluate
from tritonqa.progress import bar
from tritonqa.reader.find import PACKAGED
from tritonqa.train.run import train


def main() -> None:
    """Train on each size, ask the same questions of all."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--file", default="train/qamr-test.jsonl.gz")
    parser.add_argument("--sizes", default="250,1000,4000")
    parser.add_argument("--name", default=date.today().isoformat())
    options = parser.parse_args()
    seen = {example.context for example in mix(options.data, HERE / "search.toml").examples}
    examples = load_squad(options.data / options.file).examples
    asked = tuple(example for example in examples if example.context not in seen)
    known = [example for example in examples if example.context in seen]
    order = np.random.default_rng(0).permutation(len(known))
    rows = [{"questions": 0, **judge(PACKAGED, asked)}]
    for size in map(int, options.sizes.split(",")):
        learnt = [known[i] for i in sorted(order[:size])]
        folder, begun = Path(tempfile.mkdtemp()), monotonic()
        try:
            with bar(f"{len(learnt)} questions") as step:
                train(PACKAGED, learnt, folder / "adapted", report=lambda _, done, of: step(done, of))
            minutes = (monotonic() - begun) / 60
            found = judge(str(folder / "adapted"), asked)
        finally:
            shutil.rmtree(folder)
        rows.append({"questions": len(learnt), "minutes": round(minutes, 1), **found})
        print(json.dumps(rows[-1]), flush=True)
    folder = RESULTS / options.name
    folder.mkdir(parents=True, exist_ok=True)
    record = {"file": options.file, "asked": len(asked), "runs": rows}
    (folder / "adaptation.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def judge(name: str, examples: tuple[Example, ...]) -> dict[str, float]:
    """Ask a reader, as it runs on this machine."""
    with Reader.load(name) as reader, bar("asking") as step:
        figures = evaluate(reader, Dataset("1.1", examples), step).figures
    return {"exact_match": figures["exact_match"], "f1": figures["f1"]}


if __name__ == "__main__":
    main()
