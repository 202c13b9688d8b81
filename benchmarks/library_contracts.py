"""Contracts, asked with their names: how often the right page is among five answers; whether all have boxes.

    python benchmarks/library_contracts.py DATA LIBRARY [--questions 60] [--passages 20]

DATA holds docs/cuad and docs/cuad-page-questions.jsonl.gz, whose answerable questions are asked, shuffled,
each with the name of its contract behind it. LIBRARY is a folder that is filled once and kept.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path
from typing import Any

from library_corpus import lines
from record import record

from tritonqa import Library, Reader
from tritonqa.library.answer.ask import PASSAGES
from tritonqa.progress import bar

ANSWERS = 5


def main() -> None:
    """Index, ask, count."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("library", type=Path)
    parser.add_argument("--questions", type=int, default=60)
    parser.add_argument("--passages", type=int, default=PASSAGES)
    parser.add_argument("--words", action="store_true", help="Make no vectors.")
    options = parser.parse_args()
    rows = lines(options.data / "docs" / "cuad-page-questions.jsonl.gz")
    rows = [row for row in rows if row["answers"]]
    random.Random(0).shuffle(rows)
    rows = rows[: options.questions]
    found: dict[str, list[bool]] = {"document": [], "page": []}
    answers = without_place = 0
    with Reader() as reader, Library(options.library, reader) as library, bar("asks") as step:
        report = library.add(options.data / "docs" / "cuad", vectors=not options.words)
        for done, row in enumerate(rows, 1):
            shown = library.ask(
                f"{row['question']} {row['contract']}",
                top_k=ANSWERS,
                no_answer_threshold=1.0,
                passages=options.passages,
            )
            answers += len(shown)
            without_place += sum(one.page is None or not one.boxes for one in shown)
            for name, right in judge(row, [(Path(one.document).name, one.page) for one in shown]).items():
                found[name].append(right)
            step(done, len(rows))
    figures: dict[str, Any] = {name: sum(right) / len(right) for name, right in found.items()}
    record(
        "library-contracts",
        {
            "contracts": len({row["file"] for row in rows}),
            "passages_in_all": report.passages,
            "vectors": not options.words,
            "questions": len(rows),
            "passages": options.passages,
            f"right_among_{ANSWERS}": figures,
            "answers": answers,
            "answers_without_page_or_boxes": without_place,
        },
    )


def judge(row: dict[str, Any], places: list[tuple[str, int | None]]) -> dict[str, bool]:
    """Say whether the contract is among the places, and whether a page of its answers is."""
    name = Path(row["file"]).name
    pages = {page for answer in row["answers"] for page in answer["pages"]}
    return {
        "document": any(document == name for document, _ in places),
        "page": any(document == name and page in pages for document, page in places),
    }


if __name__ == "__main__":
    main()
