"""Hold the removed pipeline's face to transformers' own pipeline, both on a checkpoint's fp32 weights.

    python benchmarks/pipeline_parity.py CHECKPOINT SQUAD_FILE [--asks N]

in an environment with transformers==4.57.6, torch==2.13.0 and tritonqa. CHECKPOINT holds config.json,
model.safetensors and tokenizer.json; every ask really runs on both sides, ours with the torch engine, window
by window. An answer that differs is counted as one of the differences that the guide states, or as
unexplained, and then the exit code is 1.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import transformers
from rich.progress import track
from throughput import RESULTS

import tritonqa
from tritonqa.bundle import Format, Manifest, write
from tritonqa.evaluate import load_squad

CALLS: list[dict[str, Any]] = [
    {},
    {"handle_impossible_answer": True},
    {"top_k": 3},
    {"align_to_words": False, "top_k": 2, "max_answer_len": 30},
    {"max_seq_len": 128, "doc_stride": 32, "top_k": 2},
]
TOLERANCE = 1e-4


def bundle_of(checkpoint: Path, folder: Path) -> Path:
    """Make a bundle that holds the checkpoint as it is."""
    weights = checkpoint / "model.safetensors"
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    kept = Format("model.safetensors", "safetensors", "fp32", weights.stat().st_size, digest)
    architecture = json.loads((checkpoint / "config.json").read_text())["architectures"][0]
    inputs = ("input_ids", "attention_mask", "token_type_ids")
    files = {name: checkpoint / name for name in ("model.safetensors", "config.json", "tokenizer.json")}
    write(folder / "bundle", Manifest(checkpoint.name, (kept,), architecture, inputs), files)
    return folder / "bundle"


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
    if ours["answer"].lower() != theirs["answer"].lower():
        return "unexplained: text"
    if abs(ours["score"] - min(theirs["score"], 1.0)) > TOLERANCE:
        return "unexplained: score"
    if (ours["start"], ours["end"]) != (theirs["start"], theirs["end"]):
        return "stated: likelier place of the same text"
    if theirs["score"] > 1 + TOLERANCE:
        return "stated: sum above 1"
    return "same"


def compared(ours: Any, theirs: Any) -> Iterator[str]:
    """Compare the results of one ask, answer by answer."""
    left, right = ([found] if isinstance(found, dict) else found for found in (ours, theirs))
    if len(left) != len(right):
        yield "stated: more answers" if len(left) > len(right) else "unexplained: fewer answers"
    yield from map(difference, left, right)


def main() -> None:
    """Compare, print, write dated JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("file", type=Path)
    parser.add_argument("--asks", type=int, default=1000)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    rows = list(asks(options.file, options.asks))
    old = transformers.pipeline("question-answering", model=str(options.checkpoint), device=-1)
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        new = tritonqa.pipeline(model=str(bundle_of(options.checkpoint, Path(folder))), engine="torch")
        chosen = [(row, CALLS[i % len(CALLS)]) for i, row in enumerate(rows)]
        for row, call in track(chosen, "Comparing", disable=not sys.stderr.isatty()):
            counts.update(compared(new(row, **call), old(row, **call)))
        new.close()
    record = {
        "date": date.today().isoformat(),
        "transformers": transformers.__version__,
        "asks": len(rows),
        "calls": CALLS,
        "answers": dict(counts.most_common()),
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"pipeline-parity-{record['date']}.json").write_text(json.dumps(record, indent=2) + "\n")
    print(json.dumps(record, indent=2))
    sys.exit(any(name.startswith("unexplained") for name in counts))


if __name__ == "__main__":
    main()
