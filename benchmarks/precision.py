"""Compare answers and scores of every engine and precision of some bundles with torch on their checkpoint.

    python benchmarks/precision.py SQUAD_FILE CHECKPOINT BUNDLE… [--asks N]

`tritonqa export CHECKPOINT -o BUNDLE` makes an fp32 bundle; tritonqa-minilm is the packaged one.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from record import record
from rich.progress import track

from tritonqa import Answers, Reader
from tritonqa.datasets import Dataset, load_squad
from tritonqa.engine import cpu, open_engine
from tritonqa.engine.backends.torch import TorchEngine
from tritonqa.evaluate import score
from tritonqa.reader.choose import available
from tritonqa.reader.find import find_bundle
from tritonqa.reader.in_process import InProcess


def answers_of(backend: InProcess, dataset: Dataset) -> list[Answers]:
    """Ask every question, always answering."""
    asks = [(example.question, example.context) for example in dataset.examples]
    engine = backend.flow.engine
    with Reader(backend) as reader:
        stream = reader.ask_many(asks, no_answer_threshold=1.0)
        return list(track(stream, f"{engine.name}/{engine.precision}", len(asks)))


def main() -> None:
    """Ask with every choice, compare, write dated JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("bundles", nargs="+")
    parser.add_argument("--asks", type=int, default=1000)
    options = parser.parse_args()
    dataset = load_squad(options.file)
    step = max(1, len(dataset.examples) // options.asks)
    part = Dataset(dataset.version, dataset.examples[::step][: options.asks])
    torch = TorchEngine(options.checkpoint, "fp32", cpu.cores())
    known = answers_of(InProcess.of(find_bundle(options.bundles[0]), torch), part)
    runs = [("checkpoint", "torch/fp32", known)]
    for bundle in map(find_bundle, options.bundles):
        for choice in available(bundle):
            backend = InProcess.of(bundle, open_engine(choice))
            runs.append((bundle.manifest.name, str(choice), answers_of(backend, part)))
    rows = []
    for name, chosen, found in runs:
        texts = {example.id: own[0].text for example, own in zip(part.examples, found, strict=True)}
        same = [own[0].text == other[0].text for own, other in zip(found, known, strict=True)]
        places = [own[0].start == other[0].start for own, other in zip(found, known, strict=True)]
        rows.append(
            {
                "bundle": name,
                "choice": chosen,
                "same_text": sum(same) / len(same),
                "same_place": sum(places) / len(places),
                **score(part, texts),
            }
        )
    record("precision", {"asks": len(part.examples), "reference": "torch/fp32", "choices": rows})


if __name__ == "__main__":
    main()
