from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tritonqa.library.document import Document
from tritonqa.library.parse import parse
from tritonqa.library.parse.matter import matter_of
from tritonqa.library.passages import split

ALPHABET = st.sampled_from(
    ["---", "...", "\n", "\r\n", "title: A", "a: [b", "a: b", "- c", "&x [*x]", "2024-13-45", "é"]
)


def read(tmp_path: Path, text: str) -> Document:
    (tmp_path / "note.md").write_bytes(text.encode())
    return parse(tmp_path / "note.md")


def test_what_stands_above_a_text_is_no_heading_and_no_part_of_its_passages(tmp_path: Path) -> None:
    matter = "---\r\ntitle: 'The pump'\r\nauthor: Ada\r\nclient: {name: Zeta}\r\n---\r\n"
    text = matter + "It ends after 24 months.\r\n"
    document = read(tmp_path, text)
    assert (document.title, dict(document.metadata)) == ("The pump", {"author": ("Ada",)})
    assert [passage.heading for passage in split(document)] == [(), ()]
    assert [passage.text.strip() for passage in split(document)][1] == "It ends after 24 months."


@pytest.mark.parametrize(
    ("text", "title", "metadata"),
    [
        ("---\ntitle: Pump: a study\nauthor: Ada\n---\nx", "Pump: a study", {}),  # no YAML, but a title
        ("---\nauthor: [Ada\n---\nx", "", {}),
        ("---\n---\nx", "", {}),
        ("---\ndate: 2024-13-45\n---\nx", "", {}),
        ("---\n- a\n- b\n---\nx", "", {}),
        ("---\nAn old pump.\n\n---\ntitle: none\n", "", {}),
        ("text\n---\nauthor: Ada\n---\n", "", {}),
        ("--- \ntags: pump\n...\nx", "", {"keyword": ("pump",)}),
    ],
)
def test_what_is_no_yaml_says_nothing(text: str, title: str, metadata: dict[str, tuple[str, ...]]) -> None:
    found = matter_of(text)
    assert (found.title, dict(found.metadata)) == (title, metadata)


def test_lines_between_two_rules_are_text(tmp_path: Path) -> None:
    document = read(tmp_path, "---\nPlain words.\n\n---\n\n# Pump\n\nIt is new.\n")
    assert document.title == "Pump" and document.heading(document.text.index("new")) == ("Pump",)


@given(st.lists(ALPHABET).map("".join))
def test_whatever_stands_above_a_text_ends_within_it(text: str) -> None:
    found = matter_of(f"---\n{text}")
    assert 0 <= found.length <= len(text) + 4
    assert found.length or not (found.title or found.metadata)
