"""Answer NQ-open's questions from a library of the passages that are at hand, and report exact match.

    python benchmarks/nq_open.py NQ-open.dev.jsonl nq-oracle-part.jsonl.gz [--limit N] [--no-vectors]

The passages become one text file each in a library; asked are the questions of NQ-open whose passage is
there, spread over all where a limit is given. An answer is right where it is any of the official ones once
normalised as SQuAD's script does, which NQ-open's is too. Beside it stands how often the passage is among
those that were read.
"""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
from pathlib import Path

from record import record

from tritonqa.evaluate import exact, f1
from tritonqa.library.library import Library
from tritonqa.progress import bar

PASSAGES = 20


def main() -> None:
    """Index, ask and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("questions", type=Path)
    parser.add_argument("passages", type=Path)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--no-vectors", action="store_true", help="search by words alone")
    options = parser.parse_args()
    golds = {
        row["question"]: row["answer"] for row in map(json.loads, options.questions.open(encoding="utf-8"))
    }
    with gzip.open(options.passages, "rt", encoding="utf-8") as stream:
        rows = [row for row in map(json.loads, stream) if row["question"] in golds]
    step = max(1, len(rows) // options.limit) if options.limit else 1
    asked = rows[::step][: options.limit]
    with tempfile.TemporaryDirectory() as folder, Library(Path(folder) / "library") as library:
        documents = Path(folder) / "documents"
        documents.mkdir()
        places = {
            context: f"{i}.txt" for i, context in enumerate(dict.fromkeys(row["context"] for row in rows))
        }
        for context, name in places.items():
            (documents / name).write_text(context, encoding="utf-8")
        library.add(documents, vectors=not options.no_vectors)
        right, overlap, found = list[float](), list[float](), list[float]()
        with bar("questions") as told:
            for row in asked:
                hits = library.search(row["question"], k=PASSAGES)
                found.append(any(Path(hit.document).name == places[row["context"]] for hit in hits))
                answers = library.ask(row["question"], no_answer_threshold=1.0, passages=PASSAGES)
                text = answers[0].text if answers else ""
                right.append(max(exact(gold, text) for gold in golds[row["question"]]))
                overlap.append(max(f1(gold, text) for gold in golds[row["question"]]))
                told(len(right), len(asked))
    figures: dict[str, list[float]] = {"exact_match": right, "f1": overlap, f"recall@{PASSAGES}": found}
    shares = {name: round(100 * sum(values) / len(values), 2) for name, values in figures.items()}
    record(
        "nq-open",
        {"questions": len(asked), "passages": len(places), "vectors": not options.no_vectors, **shares},
    )


if __name__ == "__main__":
    main()
