from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tritonqa.library.verify import quotations, sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('He said "so it is" and left.', ["so it is"]),
        ("He said “so it is” and “not so”.", ["so it is", "not so"]),
        ("Er sagte „so ist es“ und »nicht so«.", ["so ist es", "nicht so"]),
        ("Il dit « c'est ainsi » puis «non».", ["c'est ainsi", "non"]),
        ("彼は「そうです」と『本』を", ["そうです", "本"]),
        ("‘It’s the dog’s’ he said", ["It’s the dog’s"]),
        ('The dogs\' 5" pipe isn\'t "quoted here".', ["quoted here"]),
        ("“He said ‘so’ to her”", ["He said ‘so’ to her"]),
        ("As before:\n\n> The pump\n> is old.\n>\n> — Handbook, 12\n\nSo", ["The pump\nis old."]),
        ("> one\n>\n> two\n", ["one", "two"]),
        ("> “whole block”\n", ["whole block"]),
        ('```\nprint("code")\n```\n"text"', ["text"]),
        ('An "open quotation\n\nends "here"', ["here"]),
        ('"..." and "—"', []),
        ("公司表示“保修期为二十四个月”。", ["保修期为二十四个月"]),
        ('合同规定"保修期为24个月"。', ["保修期为24个月"]),
        ("Han sade: ”Garantin gäller”, och gick.", ["Garantin gäller"]),
    ],
)
def test_quotations_of_all_kinds_are_found(text: str, expected: list[str]) -> None:
    assert [one.text for one in quotations(text)] == expected


def test_short_ones_can_be_left_out() -> None:
    assert [one.text for one in quotations('the "smart" and "two words"', min_words=2)] == ["two words"]


def test_sentences_are_claims() -> None:
    text = "# Title\n\nThe pump is old. It costs 3.5 EUR!\n\n- An item without a stop\n"
    assert [one.text for one in sentences(text)] == [
        "Title",
        "The pump is old.",
        "It costs 3.5 EUR!",
        "An item without a stop",
    ]


@given(st.text(st.sampled_from('ab "“”\n>«»‘’„`.')))
def test_quotations_stand_where_they_say(text: str) -> None:
    found = quotations(text)
    assert [one.start for one in found] == sorted(one.start for one in found)
    for one in found:
        assert one.text.split("\n")[0].strip(" >") in text[one.start : one.end]


def test_front_matter_tags_and_titles_of_links_say_nothing() -> None:
    text = (
        '---\ntitle: "About pumps"\n---\n\n<a href="x.html" id=\'y\'>See</a> [it](x.pdf "The title") '
        'and ![it](x.png "A picture"): "ends after 24 months" (x "as said").\n'
    )
    for document in (text, text.replace("\n", "\r\n")):
        found = quotations(document)
        assert [one.text for one in found] == ["ends after 24 months", "as said"]
        assert [document[one.start : one.end] for one in found] == [one.text for one in found]
    assert [one.text for one in quotations('---\n\nFirst "he said".\n\n---\n')] == ["he said"]


@pytest.mark.parametrize("newline", ["\n", "\r\n", " \n"])
def test_a_mark_that_is_not_closed_ends_before_an_empty_line(newline: str) -> None:
    text = newline.join(['A pipe of 5" is "long.', "", 'It "holds water".'])
    assert [one.text for one in quotations(text)] == ["holds water"]
