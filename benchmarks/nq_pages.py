"""Real search questions with their paragraph → pages of Natural Questions to train on and to judge by.

The gold paragraph of a question of QED (short answer) or BoolQ (yes or no) stands among paragraphs that
look like the right one: of its own title, then those that share most rare words with the question; none of
them holds the answer. A share of the pages lacks the gold paragraph and has no answer. Titles are kept
apart: no title, and no paragraph, is on both sides, and none to judge by is among those that the packaged
reader has learnt from (models/minilm/recipe/mixture.py), so it may be the base. No question here has a long
answer alone, for no such data is at hand.

learn.jsonl.gz and held.jsonl.gz are questions of Natural Questions' training set, of one annotator each.
dev.jsonl.gz are those of its dev set whose paragraph is at hand, with the short answers of all annotators:
each answer, wherever its words stand in the gold paragraph, is one annotation, so judge with --least 1;
NQ-open has only answers of five words at most, so predict with --longest 5. None of their titles,
paragraphs and questions is learnt from. For the reader to begin with to know none of them either, keep them
out of what it learns from: models.minilm.recipe.train --apart nq/nq-oracle-part.jsonl.gz.

    PYTHONPATH=. python benchmarks/nq_pages.py DATA FOLDER

DATA holds train/qed-nq-train.jsonl.gz, nq/boolq-train-yesno.jsonl.gz and nq/nq-oracle-part.jsonl.gz.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from math import log
from pathlib import Path
from typing import Any

import numpy as np

from models.minilm.recipe.hygiene import clean
from models.minilm.recipe.mixture import SEARCH, mixture
from tritonqa.datasets import Example

BOOLQ = "nq/boolq-train-yesno.jsonl.gz"
DEV = "nq/nq-oracle-part.jsonl.gz"
_TOKEN = re.compile(r"\w+(?:['’]\w+)?|[^\w\s]")
_WORD = re.compile(r"\w+")
_LONGEST = 900  # characters of a paragraph to judge by: a window each


@dataclass(frozen=True)
class Question:
    """A question, its paragraph, and where its answers stand: characters, or yes or no.

    known are texts that no other paragraph of its page may hold.
    """

    id: int
    title: str
    text: str
    paragraph: str
    places: tuple[tuple[int, int], ...]
    yes_no: str
    known: tuple[str, ...]


def main() -> None:
    """Write learn.jsonl.gz and held.jsonl.gz."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--paragraphs", type=int, default=20)
    parser.add_argument(
        "--yes-no", type=int, default=1200, help="questions of BoolQ, of either side in proportion"
    )
    parser.add_argument("--null", type=float, default=0.33, help="share of pages without the gold paragraph")
    parser.add_argument(
        "--longest", type=int, default=_LONGEST, help="characters of a paragraph to learn from"
    )
    parser.add_argument("--held", type=float, default=0.15, help="share of BoolQ's titles kept apart")
    parser.add_argument("--learn", type=int, help="pages to learn from at most")
    parser.add_argument("--judge", type=int, help="pages to judge by at most")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    searched, yes_no = (list(_questions(options.data / name, options.longest)) for name in (SEARCH, BOOLQ))
    questions = [*searched, *random.Random(0).sample(yes_no, min(options.yes_no, len(yes_no)))]
    kept = {example.title for example in mixture(options.data).search}
    known = {q.title for q in searched if len(q.paragraph) <= _LONGEST}
    apart = {q.title for q in yes_no if len(q.paragraph) <= _LONGEST and _share(q.title) < options.held}
    apart = kept | (apart - known)
    held = [q for q in questions if q.title in apart and len(q.paragraph) <= _LONGEST]
    dev = list(_dev_questions(options.data / DEV))
    learn = _without([q for q in questions if q.title not in apart], dev)
    learnt = {q.id for q in learn}
    others = [q for q in questions if q.id not in learnt and len(q.paragraph) <= _LONGEST]
    for name, side, beside, most in (
        ("learn", learn, [], options.learn),
        ("held", held, [], options.judge),
        ("dev", dev, others, options.judge),
    ):
        random.Random(1).shuffle(side)
        counts: Counter[str] = Counter()
        with gzip.open(options.folder / f"{name}.jsonl.gz", "wt", 3, encoding="utf-8") as stream:
            for page in islice(_pages(side, beside, options.paragraphs, options.null), most):
                stream.write(json.dumps(page, ensure_ascii=False) + "\n")
                marked = page["annotations"][0]
                kind = "null" if marked["long_answer"]["start_token"] < 0 else marked["yes_no_answer"]
                counts["short" if kind == "NONE" else kind.lower()] += 1
        print(f"{name}: {counts.total()} pages, {dict(counts)}")


def _questions(path: Path, longest: int) -> Iterator[Question]:
    for row in _rows(path):
        places = tuple((a["answer_start"], a["answer_start"] + len(a["text"])) for a in row["answers"][:1])
        yes_no = row.get("label", "none").upper()
        answered = any(start < end for start, end in places) or yes_no != "NONE"
        if answered and len(row["context"]) <= longest:
            texts = tuple(row["context"][start:end] for start, end in places)
            yield Question(
                _number(row["id"]), row["title"], row["question"], row["context"], places, yes_no, texts
            )


def _dev_questions(path: Path) -> Iterator[Question]:
    """Give those whose whole long answer is short enough to be judged by."""
    for row in _rows(path):
        text = " ".join(row["long_answer"].split())
        found = {
            match.span()
            for answer in row["short_answers"]
            for match in re.finditer(rf"(?<!\w){re.escape(' '.join(answer.split()))}(?!\w)", text)
        }
        if found and len(text) <= _LONGEST:
            texts = tuple(dict.fromkeys((*row["short_answers"], *row["all_answers"])))
            yield Question(
                _number(row["question"]),
                row["title"],
                row["question"],
                text,
                tuple(sorted(found)),
                "NONE",
                texts,
            )


def _without(questions: list[Question], held: list[Question]) -> list[Question]:
    """Leave out titles, questions and passages of what is held, as the recipe does."""
    found = (
        [Example(str(q.id), q.title, q.text, q.paragraph, ()) for q in side] for side in (questions, held)
    )
    kept = {example.id for example in clean(*found)}
    return [question for question in questions if str(question.id) in kept]


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        yield from map(json.loads, stream)


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:7], "big")


def _share(title: str) -> float:
    return int.from_bytes(hashlib.sha256(title.encode()).digest()[:4], "big") / 2**32


def _pages(
    questions: list[Question], beside: list[Question], count: int, null: float
) -> Iterator[dict[str, Any]]:
    """Give a page for each question; its other paragraphs are of those questions, and of those beside."""
    paragraphs = list(dict.fromkeys((q.title, q.paragraph) for q in (*questions, *beside)))
    lowered = [text.lower() for _, text in paragraphs]
    words = [frozenset(_WORD.findall(text)) for text in lowered]
    rarity = {word: log(len(words) / n) for word, n in Counter(w for known in words for w in known).items()}
    holding: dict[str, list[int]] = defaultdict(list)
    of_title: dict[str, list[int]] = defaultdict(list)
    for i, known in enumerate(words):
        of_title[paragraphs[i][0]].append(i)
        for word in known:
            holding[word].append(i)
    for question in questions:
        draw = random.Random(question.id)
        scores = np.zeros(len(paragraphs))
        for word in sorted(set(_WORD.findall(question.text.lower()))):
            scores[holding.get(word, [])] += rarity.get(word, 0.0)
        answers = [text.lower() for text in question.known]
        order = [*of_title[question.title], *np.argsort(-scores, kind="stable")[: 4 * count].tolist()]
        order += draw.sample(range(len(paragraphs)), 2 * count)
        others = [
            paragraphs[i][1] for i in dict.fromkeys(order)
            if paragraphs[i][1] != question.paragraph and not any(answer in lowered[i] for answer in answers)
        ]  # fmt: skip
        if len(others) < count - 1:  # an answer of a letter stands in all of them
            continue
        yield _page(question, others[: count - 1], None if draw.random() < null else question.paragraph, draw)


def _page(question: Question, others: list[str], gold: str | None, draw: random.Random) -> dict[str, Any]:
    texts = [*others, gold] if gold else others
    draw.shuffle(texts)
    tokens = ["<H1>", *_TOKEN.findall(question.title), "</H1>"]
    candidates: list[dict[str, Any]] = []
    marked = {"candidate_index": -1, "start_token": -1, "end_token": -1}
    short: list[list[dict[str, int]]] = [[]]
    for text in texts:
        start, found = len(tokens), list(_TOKEN.finditer(text))
        tokens += ["<P>", *(match[0] for match in found), "</P>"]
        if text == gold:
            marked = {"candidate_index": len(candidates), "start_token": start, "end_token": len(tokens)}
            short = [[_tokens(found, start + 1, *place)] for place in question.places] or [[]]
        candidates.append({"start_token": start, "end_token": len(tokens), "top_level": True})
    annotations = [
        {
            "annotation_id": question.id + number,
            "long_answer": marked,
            "short_answers": spans,
            "yes_no_answer": question.yes_no if gold else "NONE",
        }
        for number, spans in enumerate(short)
    ]
    return {
        "example_id": question.id,
        "question_text": question.text,
        "document_url": "https://en.wikipedia.org/?title=" + question.title.replace(" ", "_"),
        "document_text": " ".join(tokens),
        "long_answer_candidates": candidates,
        "annotations": annotations,
    }


def _tokens(found: list[re.Match[str]], offset: int, start: int, end: int) -> dict[str, int]:
    first = next(i for i, match in enumerate(found) if match.end() > start)
    last = next(i for i in reversed(range(len(found))) if found[i].start() < end)
    return {"start_token": offset + first, "end_token": offset + last + 1}


if __name__ == "__main__":
    main()
