from __future__ import annotations

from dataclasses import replace

import numpy as np

from tritonqa.datasets import Example
from tritonqa.train.negatives import Passages, without_answer

RIGHT = "The tower is in Paris. It is made of iron. Many people visit it."


def example(context: str, title: str = "Tower", answer: str = "Paris") -> Example:
    start = context.find(answer)
    return Example("1", title, "Where is the iron tower?", context, (answer,), (start,))


def test_the_look_alike_shares_words_whatever_its_title_and_holds_no_answer() -> None:
    others = [
        example("The iron tower of Blackpool opened in 1894.", answer="Blackpool"),
        example("A tower of iron stands in PARIS too.", answer="tower"),
        example("Where the iron tower is.", title="Other", answer="iron"),
    ]
    asked = example(RIGHT)
    passages = Passages([asked, *others])
    found = {passages.look_alike(asked, np.random.default_rng(seed)) for seed in range(20)}
    assert {item.context for item in found if item} == {others[0].context, others[2].context}
    assert all(item and item.answers == () and item.question == asked.question for item in found)


def test_the_nearest_five_are_drawn_from() -> None:
    asked = example(RIGHT)
    near = [f"The iron tower number {i} is here." for i in range(5)]
    far = [f"The wooden bridge number {i}." for i in range(5)]
    passages = Passages([asked, *(example(text, str(at), "number") for at, text in enumerate(far + near))])
    drawn = [passages.look_alike(asked, np.random.default_rng(seed)) for seed in range(60)]
    assert {item.context for item in drawn if item} == set(near)


def test_no_look_alike_where_there_is_one_passage() -> None:
    asked = example(RIGHT)
    assert Passages([asked]).look_alike(asked, np.random.default_rng(0)) is None


def test_the_sentence_of_the_answer_is_cut() -> None:
    left = without_answer(example(RIGHT))
    assert left is not None
    assert left.context == "It is made of iron. Many people visit it." and left.answers == ()


def test_where_the_answer_stands_may_be_left_to_find() -> None:
    asked = replace(example(RIGHT), starts=(-1,))
    assert without_answer(asked) == without_answer(example(RIGHT))


def test_nothing_is_cut_where_the_answer_would_stay_or_nothing_would() -> None:
    assert without_answer(example("It is in Paris. Paris is large.")) is None
    assert without_answer(example("It is in Paris.")) is None
