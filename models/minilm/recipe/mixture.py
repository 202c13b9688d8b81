"""A data folder → what the reader learns from, and what is kept out of it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from models.minilm.recipe.detokenise import detokenise
from models.minilm.recipe.hygiene import clean, normal, runs, shares
from tritonqa.datasets import Example, load_squad
from tritonqa.train.negatives import without_answer

SQUAD = "train/squad-train.jsonl.gz"
SEARCH = "train/qed-nq-train.jsonl.gz"
CONTRACTS = "train/cuad-windows.jsonl.gz"
TESTS = "squad/dev-v1.1.json.gz", "squad/dev-v2.0.json.gz", "outofdomain/squadshifts-new-wiki.jsonl.gz"
TIMES = {  # small files, by how often an epoch asks their questions
    SEARCH: 3,
    "nq/nq-oracle-part.jsonl.gz": 3,
    "train/tydiqa-goldp-en-train.jsonl.gz": 2,
    "train/afriqa-en.jsonl.gz": 2,
}
_KEPT_OUT = {SQUAD: 22, SEARCH: 0.1, CONTRACTS: 0.1}  # titles: a number of them, or a share
_LONGEST = 3000  # characters of a small file's passage: beyond are tables
_CUT = 0.2  # of the small files, all of whose questions have answers: asked of a passage without


@dataclass(frozen=True)
class Mixture:
    """Learnt from; articles of SQuAD, pages of search questions and contracts that are not."""

    learnt: list[Example]
    squad: list[Example]
    search: list[Example]
    contracts: list[Example]

    def without_contracts(self) -> tuple[list[Example], list[Example]]:
        """Return of what is learnt from SQuAD's questions, and those of people who had not seen the text."""
        asked_blind = tuple(map(_prefix, TIMES))
        searched = [example for example in self.learnt if example.id.startswith(asked_blind)]
        others = (*asked_blind, _prefix(CONTRACTS))
        return [example for example in self.learnt if not example.id.startswith(others)], searched


def mixture(data: Path, seed: int = 0, apart: Sequence[str] = ()) -> Mixture:
    """Draw what is kept out by title, drop what tests ask or nearly show, ask small files more than once.

    apart are further files of data that nothing is learnt from: no question, passage or title of theirs.
    """
    random = np.random.default_rng(seed)
    squad, kept_squad = _apart(load_squad(data / SQUAD).examples, SQUAD, random)
    search, kept_search = _apart(load_squad(data / SEARCH).examples, SEARCH, random)
    contracts, kept_contracts = _apart(_numbered(data / CONTRACTS), CONTRACTS, random)
    tests = [example for name in TESTS for example in load_squad(data / name).examples]
    judged = _Clean((*tests, *kept_squad, *kept_search))
    learnt = [*judged.of(squad), *(_named(example, CONTRACTS) for example in judged.of(contracts))]
    for name, times in TIMES.items():
        found = judged.of(search if name == SEARCH else _numbered(data / name))
        kept = [_named(example, name) for example in found if len(example.context) <= _LONGEST]
        learnt += [_form(example, time, random) for time in range(times) for example in kept]
    held = [example for name in apart for example in _numbered(data / name)]
    known = clean(learnt, held) if held else learnt
    return Mixture(list(filter(_placed, known)), kept_squad, kept_search, kept_contracts)


def _apart(
    examples: Sequence[Example], name: str, random: np.random.Generator
) -> tuple[list[Example], list[Example]]:
    """Keep some titles out."""
    titles, share = sorted({example.title for example in examples}), _KEPT_OUT[name]
    count = int(share) if share >= 1 else round(share * len(titles))
    out = {titles[i] for i in random.permutation(len(titles))[:count]}
    return [e for e in examples if e.title not in out], [e for e in examples if e.title in out]


class _Clean:
    """What no test asks, of passages that none nearly shows."""

    def __init__(self, tests: Sequence[Example]) -> None:
        self.questions = {normal(example.question) for example in tests}
        self.known = {run for context in {example.context for example in tests} for run in runs(context)}
        self.judged: dict[str, bool] = {}

    def of(self, examples: Iterable[Example]) -> Iterator[Example]:
        for example in examples:
            if example.context not in self.judged:
                self.judged[example.context] = shares(example.context, self.known)
            if not self.judged[example.context] and normal(example.question) not in self.questions:
                yield example


def _form(example: Example, time: int, random: np.random.Generator) -> Example:
    """Ask once more, two times in three of a text as people write it, some without the answer."""
    found = replace(example, id=f"{example.id}-{time}")
    if time != 1:
        found = detokenise(found)
    if random.random() < _CUT:
        found = without_answer(found) or found
    return found


def _placed(example: Example) -> bool:
    """Say whether every answer stands where it is said to."""
    places = zip(example.answers, example.starts, strict=True)
    return all(text and at >= 0 and example.context.startswith(text, at) for text, at in places)


def _named(example: Example, name: str) -> Example:
    return replace(example, id=f"{_prefix(name)}{example.id}")


def _prefix(name: str) -> str:
    return Path(name).name.partition(".")[0] + "-"


def _numbered(file: Path) -> list[Example]:
    """Read rows by their number: some files have no ids, or one twice."""
    with gzip.open(file, "rt", encoding="utf-8") as stream:
        rows = [json.loads(line) for line in stream]
    return [
        Example(
            str(number),
            row["title"],
            row["question"],
            row["context"],
            tuple(answer["text"] for answer in row["answers"]),
            tuple(answer["answer_start"] for answer in row["answers"]),
        )
        for number, row in enumerate(rows)
    ]
