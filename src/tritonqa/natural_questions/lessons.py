"""Annotated pages → passages with what they answer → labelled windows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tritonqa.datasets import Example
from tritonqa.datasets.natural_questions import Annotation, Page
from tritonqa.engine.answer_types import ANSWER_TYPES
from tritonqa.features import Window, prepare
from tritonqa.natural_questions.passages import CandidatePassage, passages
from tritonqa.text import Ask
from tritonqa.train.epoch import Lessons
from tritonqa.train.label import NULL, UNMARKED, Labelled, label


@dataclass(frozen=True, slots=True)
class PageExample(Example):
    """A passage of a page, and what it is to the question: one of ANSWER_TYPES."""

    answer_type: str = "null"


def page_examples(pages: Iterable[Page], markup: str, nulls: int, seed: int) -> Iterator[PageExample]:
    """Give of each annotated page the passage that answers, and nulls passages drawn from those that do not.

    Most of a page is null; a model that saw all of it would learn little else (Alberti et al. 2019, section
    2). The annotation is the first that has an answer; a page without one gives its null passages alone.
    """
    for page in pages:
        found = passages(page, markup)
        marked = next((item for item in page.annotations if not item.long.is_null), None)
        gold = [] if marked is None else [passage for passage in found if _holds(passage, marked)]
        if marked is not None and gold:
            yield _answered(page, gold[0], marked)
        others = [passage for passage in found if passage not in gold] if page.annotations else []
        random = np.random.default_rng((seed, page.id % 2**64))
        for index in sorted(random.permutation(len(others))[:nulls]):
            yield PageExample(str(page.id), page.url, page.question, others[int(index)].text, ())


class PageLessons(Lessons):
    """Page examples as windows; of what does not answer one window is drawn anew for each epoch."""

    def epoch(self, number: int) -> list[Labelled]:
        """Prepare an epoch's windows: the same number gives the same windows."""
        random = np.random.default_rng((self.seed, number))
        found = []
        for example in self.examples:
            assert isinstance(example, PageExample)
            ask = Ask.of(example.question, example.context)
            windows = prepare(ask, self.tokenizer, self.template, self.windowing).windows
            rows = _labelled(example, windows, random) if windows else []
            found += [replace(row, window=row.window.alone()) for row in rows]
        return found


def _answered(page: Page, passage: CandidatePassage, marked: Annotation) -> PageExample:
    places = [passage.characters(span) for span in marked.short if not span.is_null]
    known = [place for place in places if place is not None] if marked.yes_no == "NONE" else []
    kind = marked.yes_no.lower() if marked.yes_no != "NONE" else "short" if known else "long"
    answers = tuple(passage.text[start:end] for start, end in known)
    starts = tuple(start for start, _ in known)
    return PageExample(str(page.id), page.url, page.question, passage.text, answers, starts, kind)


def _holds(passage: CandidatePassage, marked: Annotation) -> bool:
    return (
        passage.span.start_token <= marked.long.start_token
        and marked.long.end_token <= passage.span.end_token
    )


def _labelled(example: PageExample, windows: Sequence[Window], random: np.random.Generator) -> list[Labelled]:
    """Label the windows that answer, and one of the others; yes, no and long leave spans unmarked."""
    kind = ANSWER_TYPES.index(example.answer_type)
    if example.answers:
        rows = label(example, windows)
        found = [Labelled(row.window, row.spans, kind) for row in rows if row.spans != (NULL,)]
        others = [row.window for row in rows if row.spans == (NULL,)]
    elif kind:
        found, others = [Labelled(window, (UNMARKED,), kind) for window in windows], []
    else:
        found, others = [], list(windows)
    if others:
        found.append(Labelled(others[int(random.integers(len(others)))], (NULL,), 0))
    return found
