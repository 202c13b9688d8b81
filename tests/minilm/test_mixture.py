"""What the packaged reader learns from, and what is kept out."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.minilm.recipe.detokenise import detokenise
from models.minilm.recipe.mixture import SEARCH, TIMES, mixture
from tests.minilm.conftest import row
from tritonqa.datasets import Example


def test_what_is_kept_out_and_what_tests_show_is_not_learnt_from(data: Path) -> None:
    found = mixture(data)
    kept = [*found.squad, *found.search, *found.contracts]
    assert [len({e.title for e in part}) for part in (found.squad, found.search, found.contracts)] == [
        22,
        4,
        4,
    ]
    assert not {e.title for e in kept} & {e.title for e in found.learnt}
    assert not any("squad3word" in e.context for e in found.learnt)
    for e in found.learnt:
        assert all(e.context.startswith(text, at) for text, at in zip(e.answers, e.starts, strict=True))
    assert not any("Nothing" in e.context for e in found.learnt)
    assert len({e.id for e in found.learnt if "search" in e.id}) == TIMES[SEARCH] * len(
        {e.question for e in found.learnt if "search" in e.question}
    )
    again = mixture(data)
    assert again == found


def test_a_file_kept_apart_takes_its_titles_and_questions_along(data: Path) -> None:
    name = "train/tydiqa-goldp-en-train.jsonl.gz"
    held = [row("search", 1), row("squad", 2, title="")]
    with gzip.open(data / name, "wt", encoding="utf-8") as stream:
        stream.writelines(json.dumps(one) + "\n" for one in held)
    before, found = mixture(data), mixture(data, apart=[name])
    titles, questions = {e.title for e in found.learnt}, {e.question for e in found.learnt}
    assert {"search 1", "squad 2"} <= {e.title for e in before.learnt}
    assert "search 1" not in titles and "squad 2" in titles
    assert not questions & {one["question"] for one in held}
    assert (found.squad, found.search) == (before.squad, before.search)


def test_search_questions_come_tokenised_and_not(data: Path) -> None:
    texts = {e.context[:16] for e in mixture(data).learnt if "search" in e.id and e.answers}
    assert texts == {"In ( 1986 -- 198", "In (1986–1987), "}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("born ( 1986 -- 1987 ) , he", "born (1986–1987), he"),
        ("a `` quoted '' word", 'a "quoted" word'),
        ("John 's dog does n't bark .", "John's dog doesn't bark."),
        ("one -- or two -- of 50 %", "one – or two – of 50%"),
        ("Plain text, as it is.", "Plain text, as it is."),
    ],
)
def test_text_is_written_as_people_do(before: str, after: str) -> None:
    assert detokenise(Example("q", "t", "?", before, ())).context == after


@given(st.text(alphabet="ab1 -.,()'`\"%s", max_size=40), st.data())
def test_answers_stand_where_they_did(text: str, draw: st.DataObject) -> None:
    start = draw.draw(st.integers(0, len(text)))
    stop = draw.draw(st.integers(start, len(text)))
    example = Example("q", "t", "?", text, (text[start:stop],), (start,))
    found = detokenise(example)
    (answer,), (at,) = found.answers, found.starts
    assert found.context.startswith(answer, at)
    assert found == example or answer == answer.strip()
    assert [c for c in answer if c.isalnum()] == [c for c in text[start:stop] if c.isalnum()]
