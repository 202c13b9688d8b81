from __future__ import annotations

import numpy as np
import pytest

from models.minilm.experiments.retrieved import Library, retrieved
from tritonqa.datasets import Example


def example(title: str, question: str, context: str, answer: str = "") -> Example:
    found = (answer,) if answer else ()
    return Example(f"{title}-{question}", title, question, context, found, tuple(map(context.index, found)))


LIGHT = example("Lights", "When was the tower lit?", "The tower was lit in 1811.", "1811")
OWN = example("Lights", "Who lit it?", "The tower was lit when it was built.")
NEAR = example("Towns", "Where?", "When the tower was lit, all of the town came.")
HOLDS = example("Ships", "Which?", "The tower was lit for ships when 1811 came.")
FAR = example("Rivers", "How long?", "Rivers run.")
ALL = [LIGHT, OWN, NEAR, HOLDS, FAR]


def test_passages_of_other_articles_without_the_answer_are_found_by_words() -> None:
    assert Library(ALL).nearest(LIGHT) == [NEAR.context]


def test_a_question_is_asked_of_what_was_found() -> None:
    (other,) = retrieved(ALL, 1.0, np.random.default_rng(0))  # LIGHT alone has an answer
    assert (other.question, other.context, other.answers) == (LIGHT.question, NEAR.context, ())
    assert other.id != LIGHT.id and other.title == LIGHT.title


@pytest.mark.parametrize(("share", "least", "most"), [(0.0, 0, 0), (0.5, 30, 70), (1.0, 100, 100)])
def test_a_share_is_asked(share: float, least: int, most: int) -> None:
    found = list(retrieved([LIGHT] * 100 + [NEAR], share, np.random.default_rng(0)))
    assert least <= len(found) <= most
