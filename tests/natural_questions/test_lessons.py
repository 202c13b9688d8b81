from __future__ import annotations

from typing import Any

import numpy as np

from tests.support.byte_tokenizer import byte_tokenizer
from tritonqa.datasets.natural_questions import Page, parse
from tritonqa.features import Template, TextTokenizer, Windowing
from tritonqa.natural_questions.lessons import PageExample, PageLessons, page_examples
from tritonqa.train import Augmentation, Cropping
from tritonqa.train.label import NULL, UNMARKED

TEXT = "<P> no . </P> <Table> <Tr> Ada is the keeper </Tr> </Table> <P> else </P> <P> more </P>"
TOP = [(0, 4, True), (4, 12, True), (5, 11, False), (12, 15, True), (15, 18, True)]


def page(number: int, long: tuple[int, int], short: list[tuple[int, int]], yes_no: str = "NONE") -> Page:
    annotation: dict[str, Any] = {
        "long_answer": {"start_token": long[0], "end_token": long[1]},
        "short_answers": [{"start_token": a, "end_token": b} for a, b in short],
        "yes_no_answer": yes_no,
    }
    nothing = {"long_answer": {"start_token": -1, "end_token": -1}, "short_answers": []}
    return parse(
        {
            "example_id": number,
            "question_text": "who",
            "document_text": TEXT,
            "long_answer_candidates": [
                {"start_token": a, "end_token": b, "top_level": top} for a, b, top in TOP
            ],
            "annotations": [nothing, annotation],
        }
    )


def examples(*pages: Page, nulls: int = 2) -> list[PageExample]:
    return list(page_examples(pages, "drop", nulls, seed=0))


def test_a_page_gives_its_answer_in_the_top_level_candidate_and_a_few_nulls() -> None:
    found = examples(page(1, (5, 11), [(6, 7), (8, 10)]))
    assert [one.answer_type for one in found] == ["short", "null", "null"]
    assert found[0].context == "Ada is the keeper"
    assert found[0].answers == ("Ada", "the keeper") and found[0].starts == (0, 7)
    assert {one.context for one in found[1:]} < {"no .", "else", "more"}
    assert examples(page(1, (5, 11), [(6, 7)])) == examples(page(1, (5, 11), [(6, 7)]))


def test_yes_no_and_long_alone_have_a_type_and_no_words() -> None:
    for yes_no, kind in (("YES", "yes"), ("NO", "no"), ("NONE", "long")):
        first = examples(page(1, (4, 12), [], yes_no))[0]
        assert (first.answer_type, first.answers) == (kind, ())
    nothing = examples(page(1, (-1, -1), []), nulls=9)
    assert [one.answer_type for one in nothing] == ["null"] * 4


def lessons(*found: PageExample) -> PageLessons:
    tokenizer = byte_tokenizer()
    sizes = Windowing(max_length=24, stride=4, max_question=8)
    template, texts = Template.of(tokenizer), TextTokenizer(tokenizer)
    return PageLessons(found, texts, template, sizes, Augmentation(0, 0, 0), Cropping(), 0)


def test_windows_are_labelled_with_spans_and_types() -> None:
    text = "Ada is the keeper of the light and of much more that stands here"
    short = PageExample("1", "", "who", text, ("Ada",), (0,), "short")
    rows = lessons(short).epoch(0)
    assert [row.answer_type for row in rows] == [3, 0]
    (span,) = rows[0].spans
    ids = rows[0].window.ids[span[0] : span[1] + 1]
    assert len(ids) == 3 and rows[1].spans == (NULL,)
    yes = lessons(PageExample("2", "", "is it", text, (), (), "yes")).epoch(0)
    assert {row.answer_type for row in yes} == {1} and {row.spans for row in yes} == {(UNMARKED,)}
    null = PageExample("3", "", "who", text, ())
    drawn = {bytes(lessons(null).epoch(number)[0].window.ids) for number in range(20)}
    assert len(rows[0].window.tokens) == rows[0].window.stop  # a plan of a whole set holds windows alone
    assert len(drawn) > 1 and all(len(lessons(null).epoch(number)) == 1 for number in range(3))
    again = [lessons(short, null).epoch(4), lessons(short, null).epoch(4)]
    for one, other in zip(*again, strict=True):
        np.testing.assert_array_equal(one.window.ids, other.window.ids)
