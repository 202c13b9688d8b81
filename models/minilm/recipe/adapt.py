"""Adapt the packaged reader to questions of another kind: the gain by the number of questions.

    python -m models.minilm.recipe.adapt --data DIR [--file train/qamr-test.jsonl.gz] [--sizes 250,1000,4000]

Asked before and after are questions on a twentieth of the passages; learnt from are questions on others, by
`tritonqa train`'s own code. The reader has learnt from none of QAMR. Figures: results/NAME/adaptation.json.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from datetime import date
from hashlib import sha256
from pathlib import Path
from time import monotonic

import numpy as np

from tritonqa import Reader
from tritonqa.datasets import Dataset, Example, load_squad
from tritonqa.evaluate.run import evaluate
from tritonqa.progress import bar
from tritonqa.reader.find import PACKAGED
from tritonqa.train.run import train

RESULTS = Path(__file__).parent / "results"
ASKED = 0.05  # share of the passages


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
    examples = load_squad(options.data / options.file).examples
    asked = tuple(example for example in examples if _is_asked(example.context))
    known = [example for example in examples if not _is_asked(example.context)]
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


def _is_asked(context: str) -> bool:
    return int.from_bytes(sha256(context.encode()).digest()[:4], "big") < ASKED * 2**32


def judge(name: str, examples: tuple[Example, ...]) -> dict[str, float]:
    """Ask a reader, as it runs on this machine."""
    with Reader.load(name) as reader, bar("asking") as step:
        figures = evaluate(reader, Dataset("1.1", examples), step).figures
    return {"exact_match": figures["exact_match"], "f1": figures["f1"]}


if __name__ == "__main__":
    main()
