from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from tritonqa import Library
from tritonqa.errors import DocumentError
from tritonqa.library.parse import ParseOptions, parse

SQUAD = {
    "version": "1.1",
    "data": [
        {"title": "Pumps", "paragraphs": [{"context": "A pump moves water.", "qas": []}]},
        {"title": "Valves", "paragraphs": [{"context": "A valve stops it.", "qas": []}] * 2},
    ],
}


@pytest.mark.parametrize("packed", [False, True])
def test_squad_gives_each_context_once_under_its_title(tmp_path: Path, packed: bool) -> None:
    data = json.dumps(SQUAD).encode()
    path = tmp_path / ("dev.json.gz" if packed else "dev.json")
    path.write_bytes(gzip.compress(data) if packed else data)
    document = parse(path)
    assert document.text == "A pump moves water.\n\nA valve stops it."
    assert document.heading(0) == ("Pumps",) and document.heading(30) == ("Valves",)


def test_half_a_character_in_a_title_is_shown_as_such(tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    path.write_text('{"title": "Great \\ud83d", "text": "A pump moves water."}\n', encoding="ascii")
    with Library(tmp_path / "x.library") as library:
        assert library.add(path, vectors=False).added == [str(path)]
        assert library.search("pump")[0].heading == ("Great \ufffd",)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"title": "x"}', "line 2: has no text; give it a field text or"),
        ('{"text": "x"', "is not JSON at line 2, column"),
        ("[1]", "line 2: is no JSON object"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, reason: str) -> None:
    path = tmp_path / "records.jsonl"
    path.write_text('{"text": "good"}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(DocumentError, match=reason):
        parse(path)


def test_a_packed_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "zeros.txt.gz"
    path.write_bytes(gzip.compress(b" " * (3 << 20)))
    with pytest.raises(DocumentError, match="unpacks to more than the limit of 2 MB"):
        parse(path, ParseOptions(unpacked_megabytes=2))
