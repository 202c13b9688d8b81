"""Hold the removed pipeline's face to transformers' own pipeline, both on a checkpoint's fp32 weights.

    PYTHONPATH=. python benchmarks/pipeline_parity.py SQUAD_FILE CHECKPOINT… [--asks N]

in an environment with transformers==4.57.6, torch==2.13.0, tritonqa and the libraries of its extra torch.
CHECKPOINT is a folder, or one of the architectures that the tests make tiny random checkpoints of (roberta,
xlm-roberta, albert and others). Every ask really runs on both sides, ours with the torch engine, window by
window. An answer that differs is counted as one of the differences that the guide states, or as unexplained,
and then the exit code is 1.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import transformers
from record import record
from rich.progress import track

import tritonqa
from tests.support import checkpoints
from tritonqa.datasets import load_squad
from tritonqa.export import ExportOptions, export

CALLS: list[dict[str, Any]] = [
    {},
    {"handle_impossible_answer": True},
    {"top_k": 3},
    {"align_to_words": False, "top_k": 2, "max_answer_len": 30},
    {"max_seq_len": 128, "doc_stride": 32, "top_k": 2},
]
TINY = {"doc_stride": 32}  # in windows of 128 transformers panics where a question leaves less room than that
SHORT = 80  # characters of a question that leave it
TOLERANCE = 1e-4
MANY = 1000
UNEXPLAINED = re.compile("unexplained").match


def checkpoint_of(name: str, folder: Path) -> Path:
    """Return the folder that is named, or make the tiny checkpoint of that architecture."""
    return checkpoints.make(name, folder / name) if name in checkpoints.SHAPES else Path(name)


def asks(file: Path, count: int) -> Iterator[dict[str, str]]:
    """Give asks from all over the file, each twenty-third of a document of four contexts."""
    examples = load_squad(file).examples
    step = max(1, len(examples) // count)
    for i, example in enumerate(examples[::step][:count]):
        context = example.context
        if i % 23 == 0:
            near = dict.fromkeys(other.context for other in examples[i * step : i * step + 60])
            context = "\n".join([*list(near)[1:4], context])
        yield {"question": example.question, "context": context}


def difference(ours: dict[str, Any], theirs: dict[str, Any]) -> str:
    """Name what differs between two answers, as the guide does."""
    bare = theirs["answer"].strip()
    start = theirs["start"] + theirs["answer"].index(bare)
    if ours["answer"].lower() != bare.lower():
        return "unexplained: text"
    if abs(ours["score"] - min(theirs["score"], 1.0)) > TOLERANCE:
        return "unexplained: score"
    if (ours["start"], ours["end"]) != (start, start + len(bare)):
        return "stated: likelier place of the same text"
    if theirs["score"] > 1 + TOLERANCE:
        return "stated: sum above 1"
    return "same" if bare == theirs["answer"] else "stated: spaces left out"


def compared(ours: Any, theirs: Any) -> Iterator[str]:
    """Compare the results of one ask, answer by answer."""
    left, right = ([found] if isinstance(found, dict) else found for found in (ours, theirs))
    if len(left) != len(right):
        yield "stated: more answers" if len(left) > len(right) else "unexplained: fewer answers"
    yield from map(difference, left, right)


def compare(
    checkpoint: Path, rows: list[dict[str, str]], folder: Path, always: dict[str, Any]
) -> Counter[str]:
    """Ask both pipelines; count how their answers compare."""
    counts: Counter[str] = Counter()
    bundle = export(checkpoint, folder / f"{checkpoint.name}-bundle", ExportOptions(("checkpoint",)))
    old = transformers.pipeline("question-answering", model=str(checkpoint), device=-1)
    with tritonqa.pipeline(model=str(bundle.folder), engine="torch") as new:
        chosen = [(row, always | CALLS[i % len(CALLS)]) for i, row in enumerate(rows)]
        for row, call in track(chosen, checkpoint.name, disable=not sys.stderr.isatty()):
            ours = new(row, **call)
            found = list(compared(ours, old(row, **call)))
            if any(map(UNEXPLAINED, found)) and spaced(ours, old(row, **call | {"top_k": MANY})):
                found = ["stated: spaces are no answers" if UNEXPLAINED(f) else f for f in found]
            counts.update(found)
    return counts


def spaced(ours: Any, theirs: list[dict[str, Any]]) -> bool:
    """Say whether theirs hold one of our answers twice, with and without a space, or a space alone."""
    texts = Counter(answer["answer"].strip().lower() for answer in theirs)
    mine = [ours] if isinstance(ours, dict) else ours
    return "" in texts or any(texts[answer["answer"].lower()] > 1 for answer in mine)


def main() -> None:
    """Compare, print, write dated JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("checkpoints", nargs="+")
    parser.add_argument("--asks", type=int, default=1000)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    rows = list(asks(options.file, options.asks))
    with tempfile.TemporaryDirectory() as temporary:
        folders = [checkpoint_of(name, Path(temporary)) for name in options.checkpoints]
        found = {}
        for name, folder in zip(options.checkpoints, folders, strict=True):
            always = TINY if name in checkpoints.SHAPES else {}
            fitting = [row for row in rows if not always or len(row["question"]) <= SHORT]
            found[folder.name] = compare(folder, fitting, Path(temporary), always)
    answers = {name: dict(counts.most_common()) for name, counts in found.items()}
    record(
        "pipeline-parity",
        {"transformers": transformers.__version__, "asks": len(rows), "calls": CALLS, "answers": answers},
    )
    sys.exit(any(map(UNEXPLAINED, chain.from_iterable(found.values()))))


if __name__ == "__main__":
    main()
