from __future__ import annotations

from dataclasses import replace

import pytest

from models.minilm.recipe.hygiene import clean, runs
from tests.support import checkpoints
from tritonqa.datasets import Example, load_squad

HELD = load_squad(checkpoints.SAMPLE).examples
OWN = Example("1", "Lighthouses", "Who keeps the light?", "The keeper of the light lives on the rock.", ())


def test_what_shares_nothing_stays() -> None:
    assert list(clean([OWN], HELD)) == [OWN]


@pytest.mark.parametrize("example", HELD[::12], ids=lambda example: example.id)
def test_what_is_held_out_goes(example: Example) -> None:
    words = example.context.split()
    half = " ".join(words[: len(words) // 2])
    taken = [
        replace(OWN, title=example.title),
        replace(OWN, question=example.question.upper().rstrip("?")),
        replace(OWN, context=example.context),
        replace(OWN, context=f"{OWN.context} {half} And so on."),
        replace(OWN, context=example.context.replace(",", "").lower()),
    ]
    assert list(clean([*taken, OWN], HELD)) == [OWN]


def test_what_has_no_title_shares_none() -> None:
    nameless = replace(OWN, title="")
    assert list(clean([nameless], [replace(HELD[0], title="")])) == [nameless]


def test_texts_shorter_than_a_run_count_whole() -> None:
    assert runs("Ada, born 1815.") == {("ada", "born", "1815")} and runs("?") == set()
