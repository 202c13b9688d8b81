"""Exact match of a whole library by how many passages are read, and what it refuses without the document.

    python benchmarks/library_open_domain.py DATA LIBRARY [--questions 100] [--spread]
        [--passages 5 10 20] [--reader BUNDLE] [--judge FILE] [--no-refusals]

Over opendomain's passages and the first questions of each source, which are of few articles, or as many from
all over it. Each question is asked again of the library without the article that answers it, which should be
refused (--no-refusals: it is not), and of the reader over the right passage alone: the most that finding and
judging can leave. LIBRARY is a folder that is filled once and kept. FILE is another library's judge.json,
fitted on other questions (library_fit.py --own). Each reader has results of its own.
"""

from __future__ import annotations

import argparse
import shutil
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

import numpy as np
from library_corpus import fill, opendomain
from record import record

from tritonqa import Answers, Library, Reader
from tritonqa.evaluate import exact
from tritonqa.library.answer import CitedAnswers
from tritonqa.library.answer.kept import FILE, forget
from tritonqa.library.evaluate import FALSE_REFUSALS, refusal_curve
from tritonqa.library.metadata import Metadata
from tritonqa.library.store import Scope
from tritonqa.progress import Step, bar
from tritonqa.reader.find import PACKAGED


@dataclass(frozen=True, slots=True)
class Without(Scope):
    """All but the files of these names."""

    hidden: frozenset[str] = frozenset()

    def admits(self, path: PurePath, kind: str, metadata: Metadata) -> bool:
        """Tell whether a document is within."""
        return path.name not in self.hidden


def is_right(answers: Answers | CitedAnswers, golds: list[str]) -> float:
    """Say whether the best answer is one of the gold ones."""
    return max(exact(gold, answers[0].text if answers else "") for gold in golds)


def asked(
    library: Library,
    rows: list[dict[str, Any]],
    passages: int,
    hidden: dict[str, frozenset[str]] | None,
    step: Step,
) -> dict[str, float]:
    """Return exact match of so many passages, and what is refused without the files that are hidden."""
    right, nothing, answerable = [], [], []
    for done, row in enumerate(rows, 1):
        scopes = [None] if hidden is None else [None, Without(hidden=hidden[row["passage"]])]
        for scope in scopes:
            answers = library.ask(row["question"], passages=passages, no_answer_threshold=1.0, scope=scope)
            nothing.append(answers.no_answer)
            answerable.append(scope is None)
            if scope is None:
                right.append(is_right(answers, row["answers"]))
        step(done, len(rows))
    found = {"exact": 100 * float(np.mean(right))}
    if hidden is not None:
        curve = refusal_curve(np.array(nothing), np.array(answerable))
        found["refused@10"] = max(one["refused"] for one in curve if one["false_refusals"] <= FALSE_REFUSALS)
    return found


def main() -> None:
    """Ask, and ask again without the article."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("library", type=Path)
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--spread", action="store_true")
    parser.add_argument("--passages", type=int, nargs="+", default=[5, 10, 20])
    parser.add_argument("--reader", default=PACKAGED)
    parser.add_argument("--judge", type=Path)
    parser.add_argument("--refusals", action=argparse.BooleanOptionalAction, default=True)
    options = parser.parse_args()
    passages, questions = opendomain(options.data, options.questions, spread=options.spread)
    fill(options.library, passages)
    forget(options.library)
    if options.judge is not None:
        shutil.copy(options.judge, options.library / FILE)
    texts = {name: text for name, _, text in passages}
    names = defaultdict(set)
    for name, title, _ in passages:
        names[title].add(f"{name}.txt")
    hidden = {name: frozenset(names[title]) for name, title, _ in passages}
    figures: dict[str, Any] = {"passages": len(passages), "questions": options.questions}
    figures |= {
        "spread": options.spread,
        "reader": Path(options.reader).name,
        "judge": "packaged" if options.judge is None else "fitted",
    }
    opened = Reader.load(options.reader)
    with opened as reader, Library(options.library, reader) as library, bar("asks") as step:
        for source, rows in questions.items():
            found: dict[str, Any] = {}
            for count in options.passages:
                found[str(count)] = asked(library, rows, count, hidden if options.refusals else None, step)
            alone = [
                is_right(
                    reader.ask(row["question"], texts[row["passage"]], no_answer_threshold=1.0),
                    row["answers"],
                )
                for row in rows
            ]
            figures[source] = {**found, "passage_given": {"exact": 100 * float(np.mean(alone))}}
    ways = ["" if options.reader == PACKAGED else f"-{Path(options.reader).name}", "-spread" * options.spread]
    record("library-open-domain" + "".join(ways), figures)


if __name__ == "__main__":
    main()
