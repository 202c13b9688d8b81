"""A reader's answers → Haystack's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from haystack import Document, ExtractedAnswer, logging

from tritonqa import Answer, Answers

logger = logging.getLogger(__name__)

PAGE = "page_number"
ANSWER_PAGE = "answer_page_number"


def extracted(
    answers: Answers, documents: Sequence[Document], least: float, no_answer: bool
) -> list[ExtractedAnswer]:
    """
    Return answers as ExtractedAnswers, the likeliest first.

    :param answers:
        What a reader found in the documents' contents.
    :param documents:
        The documents, in the order in which they were read.
    :param least:
        The least score of an answer that is returned.
    :param no_answer:
        Whether one without text, of the probability that there is none, is among them.
    :returns:
        Answers with their documents, offsets and the sentence around them as context.
    """
    if answers.question_cut:
        logger.warning(
            "The query is longer than the reader takes and lost its end: {query}", query=answers.question
        )
    found = [_extracted(answers.question, answer, documents) for answer in answers]
    if no_answer:
        found.append(ExtractedAnswer(query=answers.question, score=answers.no_answer))
    found.sort(key=lambda answer: -answer.score)
    return [answer for answer in found if answer.score >= least]


def _extracted(query: str, answer: Answer, documents: Sequence[Document]) -> ExtractedAnswer:
    document = documents[answer.passage]
    start, end = answer.start, answer.end
    return ExtractedAnswer(
        query=query,
        score=answer.score,
        data=answer.text,
        document=document,
        context=answer.context,
        document_offset=ExtractedAnswer.Span(start, end),
        context_offset=ExtractedAnswer.Span(start - answer.context_start, end - answer.context_start),
        meta=_page(document, start) | _places(answer, documents),
    )


def _page(document: Document, start: int) -> dict[str, Any]:
    """Return the page of an answer: the document's first, and one more for each form feed before it."""
    first = document.meta.get(PAGE)
    if not isinstance(first, int) or isinstance(first, bool):
        return {}
    return {ANSWER_PAGE: first + str(document.content).count("\f", 0, start)}


def _places(answer: Answer, documents: Sequence[Document]) -> dict[str, Any]:
    """Return all places of the same evidence, where several documents hold it."""
    places = [
        {"document_id": documents[place.passage].id, "start": place.start, "end": place.end}
        for place in answer.places
    ]
    return {"places": places} if places else {}
