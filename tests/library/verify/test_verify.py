from __future__ import annotations

import random
import re

import pytest

from tritonqa.library.document import Document, Page
from tritonqa.library.verify import Quotation, Quoted, quotations, verify

TEXT = (
    "The war-\nranty ends after 24 months — in “Zürich”, as else\u00adwhere.\n"
    "The of\ufb01ce is closed on\nSundays and holidays. This is well-\nknown to all.\n"
    "Annual service keeps the boiler in good order and is included in the price."
)
HANDBOOK = Document(TEXT, "pdf", pages=(Page(1, "i", 0, 40), Page(2, "1", 40, len(TEXT))))
JAPANESE = Document("この製品の保証期間は二十四か月です。\n日曜日は休みです。", "text")


def one(text: str, *documents: Document) -> Quotation:
    named = [(f"{number}.pdf", document) for number, document in enumerate(documents or (HANDBOOK,))]
    (found,) = verify([Quoted(text, 0, len(text))], named)
    if found.document is not None:
        source = dict(named)[found.document]
        assert found.start is not None and found.end is not None
        assert source.text[found.start : found.end] == found.found
    return found


@pytest.mark.parametrize(
    "text",
    [
        "The warranty ends after 24 months - in 'Zürich'".replace("'", '"'),
        "The warranty ends after 24 months",
        "elsewhere",
        "The office is closed on Sundays",
        "the office is closed on Sundays".replace("the office", "[t]he office"),
        "is closed on Sundays and holidays,",
        "The office … holidays.",
        "The office [of the firm] is closed",
        "This is well-known to **all**.",
        "...ends after 24 months...",
        r"This is well\-known to \*all\*\.",
        r"\[t\]he office is closed",
    ],
)
def test_what_is_said_is_verified(text: str) -> None:
    assert one(text).status == "verified", one(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The warranty ends after 12 months", "The war-\nranty ends after 24 months"),
        ("the office is closed on Sundays", "The of\ufb01ce is closed on\nSundays"),
        ("Yearly service keeps the boiler in good order", "Annual service keeps the boiler in good order"),
        (
            "Annual service keeps your boiler in a good order and is",
            "Annual service keeps the boiler in good order and is",
        ),
    ],
)
def test_what_is_nearly_said_is_repaired(text: str, found: str) -> None:
    verdict = one(text)
    assert (verdict.status, verdict.found) == ("repaired", found)


@pytest.mark.parametrize(
    "text",
    [
        "The moon is made of green cheese",
        "warrant",
        "holidays … The office",
        "保証期間は三年です",
    ],
)
def test_what_nobody_says_is_not_found(text: str) -> None:
    verdict = one(text)
    assert verdict.status == "not_found"
    assert {verdict.found, verdict.document, verdict.page, verdict.start, verdict.end} == {None}


def test_an_omission_does_not_reach_over_a_book() -> None:
    between = "The moon is far away. " * 200
    book = Document(f"The warranty ends after 24 months. {between}Damage by frost is excluded.", "text")
    assert one("The warranty ends after 24 months … is excluded", book).status == "not_found"
    near = Document("The warranty ends after 24 months. Damage by frost is excluded.", "text")
    assert one("The warranty ends after 24 months … is excluded", near).status == "verified"


@pytest.mark.parametrize(
    "text",
    [
        "See [the manual](https://example.org/manuals/boiler) for details.",
        "See the manual for details.",
        r"Set snake\_case to on.",
        "Set snake_case to on.",
    ],
)
def test_links_and_escapes_of_a_markdown_document_say_their_text(text: str) -> None:
    written = r"See [the manual](https://example.org/manuals/boiler) for details. Set snake\_case to on."
    verdict = one(text, Document(written, "markdown"))
    assert verdict.status == "verified"
    assert verdict.start is not None and verdict.found == written[verdict.start : verdict.end]


def test_the_page_is_where_it_begins() -> None:
    assert one("The warranty").page == 1
    assert one("Sundays and holidays").page == 2
    assert one("日曜日は休みです", JAPANESE).page is None


def test_scripts_without_spaces_are_found_inside_sentences() -> None:
    assert one("保証期間は二十四か月", JAPANESE).status == "verified"
    verdict = one("この製品の保証期間は二十六か月です", JAPANESE)
    assert (verdict.status, verdict.found) == ("repaired", "この製品の保証期間は二十四か月です")


def test_a_script_without_spaces_has_no_inside_of_words() -> None:
    thai = Document("สินค้านี้มีการรับประกันยี่สิบสี่เดือนนับจากวันที่ซื้อ", "text")
    assert one("การรับประกันยี่สิบสี่เดือน", thai).status == "verified"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("5 mg of the drug", "0.5 mg of the drug"),
        ("The fee is 1", "The fee is 1,500"),
        ("500 euros. It grew by 15", "1,500 euros. It grew by 15.5"),
    ],
)
def test_a_part_of_a_number_is_another_number(text: str, found: str) -> None:
    written = "The dose is 0.5 mg of the drug. The fee is 1,500 euros. It grew by 15.5 % in 2019."
    said = Document(written, "text")
    verdict = one(text, said)
    assert verdict.status != "verified"
    assert one("It grew by 15.5", said).status == one("in 2019.", said).status == "verified"
    assert one(found, said).status == "verified"


def test_the_nearest_of_all_documents_wins() -> None:
    far = Document("Annual service keeps a heater in some order and is included.", "text")
    assert (
        one("Annual service keeps a boiler in good order and is included", far, HANDBOOK).document == "1.pdf"
    )
    exact = Document("annual service keeps a boiler in good order", "text")
    assert one("annual service keeps a boiler in good order", HANDBOOK, exact).status == "verified"


def test_documents_are_not_read_once_all_is_verified() -> None:
    def documents() -> object:
        yield "a", HANDBOOK
        raise AssertionError("read on")

    (found,) = verify([Quoted("Sundays", 0, 7)], documents())  # type: ignore[arg-type]
    assert found.status == "verified"


def test_damaged_sentences_are_repaired_and_absent_ones_are_not_found() -> None:
    chance = random.Random(1)
    names = "boiler pump valve shaft burner flue tank meter fuse relay".split()
    verbs = "keeps drives feeds cools stops guards".split()
    said = [
        f"The {a} in room {number} {chance.choice(verbs)} the {b} when pressure {number * 7} is reached."
        for number, (a, b) in enumerate((x, y) for x in names for y in names if x != y)
    ]
    held, absent = said[:60], said[60:]
    document = Document("\n".join(held), "text")
    damaged = [re.sub(r"when pressure", "once the pressure of", sentence) for sentence in held]
    verdicts = verify([Quoted(text, 0, 0) for text in damaged], [("a", document)])
    assert [verdict.found for verdict in verdicts] == [sentence for sentence in held]
    assert {verdict.status for verdict in verdicts} == {"repaired"}
    others = ["Nothing of the kind was ever written about " + sentence[4:14] for sentence in absent]
    assert {v.status for v in verify([Quoted(text, 0, 0) for text in others], [("a", document)])} == {
        "not_found"
    }


def test_what_was_read_from_an_image_is_said_to_be() -> None:
    text = "The warranfy ends after 24 months.\nPayment is due in May."
    pages = (Page(1, "1", 0, 34, ocr=True), Page(2, "2", 34, len(text)))
    document = Document(text, "pdf", pages=pages)
    asked = quotations("He said “The warranty ends after 24 months” and “Payment is due in May”.")
    found = verify(asked, [("scan.pdf", document)])
    seen = [(one.status, one.page, one.to_dict().get("ocr")) for one in found]
    assert seen == [("repaired", 1, True), ("verified", 2, None)]
