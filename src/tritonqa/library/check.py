"""Proof: answers held against their files, read afresh."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tritonqa.errors import DocumentError
from tritonqa.library.answer import Citation, CitedAnswers, Status
from tritonqa.library.parse import ParseOptions, parse_apart
from tritonqa.library.passages.sentences import sentences
from tritonqa.library.store import View
from tritonqa.progress import Step


@dataclass(slots=True)
class Checked:
    """How many asks, answers and places were held against their files.

    differing are places that were shown as verified although the file, parsed afresh, has other words there:
    each is a defect. changed counts places that were shown as changed or missing, unreadable files that can't
    be parsed now.
    """

    asks: int = 0
    answers: int = 0
    places: int = 0
    changed: int = 0
    unreadable: int = 0
    differing: list[dict[str, Any]] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Return the outcome as JSON has it."""
        return asdict(self)


def check(
    asked: Iterable[CitedAnswers], total: int, options: ParseOptions, step: Step | None = None
) -> Checked:
    """Compare each place of each answer with its file, parsed anew; step(done, all) is told of asks."""
    found = Checked()
    texts: dict[str, str | None] = {}
    for answers in asked:
        found.asks += 1
        found.answers += len(answers)
        for answer in answers:
            for place in answer.citations:
                _compare(found, texts, answers.question, place, options)
        if step is not None:
            step(found.asks, max(total, found.asks))
    return found


def questions_of(view: View, count: int, seed: int = 0) -> Iterator[str]:
    """Draw sentences from the documents, to ask for what surely stands there."""
    draw = random.Random(seed)
    files = [file for file in view.files() if not file.reason]
    texts: dict[Path, list[str]] = {}
    for _ in range(count if files else 0):
        path = draw.choice(files).path
        if path not in texts:
            text = view.text(path) or ""
            texts[path] = [text[s:e].strip() for s, e in sentences(text, 0, len(text)) if text[s:e].strip()]
        if texts[path]:
            yield draw.choice(texts[path])[:300]


def _compare(
    found: Checked,
    texts: dict[str, str | None],
    question: str,
    place: Citation,
    options: ParseOptions,
) -> None:
    found.places += 1
    if place.status is not Status.VERIFIED:
        found.changed += 1
        return
    if place.document not in texts:
        texts[place.document] = _parsed(Path(place.document), options)
    fresh = texts[place.document]
    if fresh is None:
        found.unreadable += 1
    elif fresh[place.start : place.end] != place.text:
        found.differing.append(
            {
                "question": question,
                "answer": place.text,
                "document": place.document,
                "start": place.start,
                "end": place.end,
                "found": fresh[place.start : place.end],
            }
        )


def _parsed(path: Path, options: ParseOptions) -> str | None:
    try:
        return parse_apart(path, options).text
    except DocumentError:
        return None
