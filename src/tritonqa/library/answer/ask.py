"""A question and a view of a library → passages to read; what was read → cited answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tritonqa.checks import check_fields, whole_number
from tritonqa.library.answer.cite import Citer
from tritonqa.library.answer.cited import CitedAnswer, CitedAnswers, Searched
from tritonqa.library.answer.context import context
from tritonqa.library.answer.judge import Candidate, Judge
from tritonqa.library.answer.merge import merge
from tritonqa.library.answer.place import place_of
from tritonqa.library.encoder import Encoder
from tritonqa.library.passages.analyse import analyse
from tritonqa.library.retrieve import Retrieved, retrieve
from tritonqa.library.store import Stored, View
from tritonqa.spans import AskOptions, Decoding
from tritonqa.tracing import span

if TYPE_CHECKING:
    from tritonqa.answers import Answers

PASSAGES = 10
"""Read for a question where nothing else is said."""

_SPANS = 2  # answers that a passage brings, on average
_LEAST = 10  # answers that are asked for, for of a table's some are none (place_of)


@dataclass(frozen=True, slots=True)
class Asking:
    """How many passages are read, and how many answers are given while no_answer is at most its threshold."""

    top_k: int = 1
    passages: int = PASSAGES
    no_answer_threshold: float = 0.5

    def __post_init__(self) -> None:
        """Raise InputError for values out of range, by name."""
        Decoding(top_k=self.top_k, no_answer_threshold=self.no_answer_threshold)
        check_fields(self, whole_number, "passages", least=1)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A question, the passages to read for it, the best first, what was searched, and who is to judge."""

    question: str
    found: tuple[tuple[Retrieved, Stored], ...]
    searched: Searched
    judge: Judge

    @property
    def passages(self) -> list[str]:
        """Return the texts that a reader is given; it is not asked where there are none."""
        return [stored.described or stored.text for _, stored in self.found]

    def options(self, top_k: int = 1) -> AskOptions:
        """Return how a reader is asked: for all that it has, so that the judge decides."""
        return {"top_k": max(_SPANS * max(len(self.found), top_k), _LEAST), "no_answer_threshold": 1.0}


def prepare(view: View, question: str, encoder: Encoder | None, passages: int, judge: Judge) -> Prepared:
    """Retrieve what is to be read."""
    searched = searched_by(view)
    with span("tritonqa.retrieve"):
        found = retrieve(view, question, encoder, passages)
        stored = view.passages([one.id for one in found])
    pairs = zip(found, stored, strict=True)
    return Prepared(question, tuple((one, text) for one, text in pairs if text.text.strip()), searched, judge)


def finish(prepared: Prepared, read: Answers | None, citer: Citer, options: Asking) -> CitedAnswers:
    """Judge what a reader has read, and look at the files again; None where there was nothing to read."""
    if read is None:
        return CitedAnswers(prepared.question, (), 1.0, prepared.searched)
    candidates = prepared.judge.judged(candidates_of(read, prepared), read.no_answer)
    no_answer = prepared.judge.no_answer(candidates, read.no_answer)
    items: tuple[CitedAnswer, ...] = ()
    if no_answer <= options.no_answer_threshold:
        with span("tritonqa.cite"):
            items = tuple(_cited(group, citer) for group in merge(candidates)[: options.top_k])
    return CitedAnswers(
        prepared.question, items, no_answer, prepared.searched, read.calibrated, read.question_cut
    )


def searched_by(view: View) -> Searched:
    """Say what a view lets be searched."""
    counts = view.counts()
    unreadable = tuple(str(file.path) for file in view.unreadable())
    return Searched(counts.files, counts.passages, unreadable)


def candidates_of(read: Answers, prepared: Prepared) -> list[Candidate]:
    """Put the reader's answers at their places in the documents; of overlapping passages each place once."""
    asked = frozenset(analyse(prepared.question))
    found: dict[tuple[str, int, int], Candidate] = {}
    for answer in read:
        retrieved, passage = prepared.found[answer.passage]
        place = place_of(passage, answer.start, answer.end, asked)
        if place is None or (passage.digest, *place) in found:
            continue
        start, end = place
        text = passage.text[start - passage.start : end - passage.start]
        found[passage.digest, start, end] = Candidate(
            text, start, end, answer.score, answer.passage, retrieved, passage
        )
    return list(found.values())


def _cited(group: list[Candidate], citer: Citer) -> CitedAnswer:
    """Show the likeliest of equal answers, at a place that holds it now if there is one."""
    best = group[0]
    places = [
        (citation, one)
        for one in group
        for citation in citer.citations(one.passage, one.start, one.end, one.text)
    ]
    places.sort(key=lambda pair: pair[0].status != "verified")
    shown = places[0][1]
    around, begins = context(
        shown.passage.text, shown.start - shown.passage.start, shown.end - shown.passage.start
    )
    return CitedAnswer(
        shown.text,
        best.probability,
        shown.rank,
        around,
        shown.passage.start + begins,
        shown.passage.title,
        shown.passage.heading,
        tuple(citation for citation, _ in places),
        shown.passage.metadata,
    )
