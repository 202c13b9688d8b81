from __future__ import annotations

import json

from tests.library.references.samples import answer, answers, citation
from tritonqa.library.answer import Status
from tritonqa.library.references import references


def test_each_place_is_an_item_that_says_where_it_stands() -> None:
    second = citation("/desk/more/Häuser & Co.txt", page=None, page_label=None, status=Status.MISSING)
    first, other = json.loads(references(answers(answer(citation(), second, title="The Handbook")), "csl"))
    assert first == {
        "id": "handbook-p12",
        "type": "document",
        "title": "The Handbook",
        "URL": "file:///desk/handbook.pdf#page=12",
        "page": "ix",
        "section": "Warranty",
        "note": "24 months",
        "custom": {"start": 53, "end": 62, "score": 0.74},
    }
    assert other["id"] == "hauser-co" and other["title"] == "Häuser & Co.txt"
    assert other["status"] == "the file is gone" and "page" not in other and "section" not in other


def test_no_two_items_share_an_id_and_none_has_none() -> None:
    places = [citation(), citation(start=90, end=99), citation("/desk/漢字.txt", page=None)]
    found = json.loads(references(answers(answer(*places), answer(places[0])), "csl"))
    assert [item["id"] for item in found] == ["handbook-p12", "handbook-p12-2", "document", "handbook-p12-3"]


def test_without_an_answer_there_is_no_item() -> None:
    assert json.loads(references(answers(), "csl")) == []


def test_a_name_that_is_not_utf8_can_be_written() -> None:
    (item,) = json.loads(references(answers(answer(citation("/desk/caf\udce9.pdf"))), "csl").encode())
    assert item["title"] == "caf\ufffd.pdf" and item["URL"] == "file:///desk/caf%E9.pdf#page=12"


def test_what_a_document_says_of_itself_stands_in_its_item_alone() -> None:
    said = {"author": ("Ada Lovelace", "Häuser & Co"), "date": ("2024-05",), "keyword": ("pump", "boiler")}
    other = citation("/desk/copy.pdf")
    found = json.loads(references(answers(answer(citation(), other, metadata=said)), "csl"))
    assert found[0]["author"] == [{"literal": "Ada Lovelace"}, {"literal": "Häuser & Co"}]
    assert found[0]["issued"] == {"date-parts": [[2024, 5]]} and found[0]["keyword"] == "pump, boiler"
    assert not {"author", "issued", "keyword", "language"} & found[1].keys()
