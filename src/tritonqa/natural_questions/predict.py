"""Pages → predictions, in order, with a few pages in memory however many there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from functools import partial

from tritonqa.datasets.natural_questions import Page, Prediction
from tritonqa.futures import completed
from tritonqa.natural_questions.answer import answer
from tritonqa.natural_questions.passages import passages
from tritonqa.reader.in_process import InProcess
from tritonqa.reader.stream import in_order
from tritonqa.text import Ask

_AHEAD = 4  # pages: the next one is prepared while windows of the others run


def predict(
    reader: InProcess, pages: Iterable[Page], markup: str = "drop", longest: int | None = None
) -> Iterator[Prediction]:
    """Predict each page; its windows share the reader's flow with those of the next pages.

    longest is how many words of the page a short answer has at most, as many as it likes where not given.
    Raises InputError and EngineError at the place of the page.
    """
    return in_order(pages, partial(start, reader, markup, longest), _AHEAD)


def start(reader: InProcess, markup: str, longest: int | None, page: Page) -> Future[Prediction]:
    """Prepare a page, each of its tokens once, and let its windows flow."""
    found = passages(page, markup)
    if not found:
        return completed(Prediction(page.id))
    prepared = reader.prepare(Ask.of(page.question, [passage.text for passage in found]))
    finish = partial(answer, page, found, prepared, options=reader.decoding, longest=longest)
    return reader.flow.submit(prepared.windows, finish)
