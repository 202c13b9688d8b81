from __future__ import annotations

import copy
import gzip
import html
import json
import os
import random
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tritonqa.datasets.natural_questions import (
    PageSpan,
    Reading,
    expand,
    is_official,
    parse,
    read_pages,
    read_records,
    simplify,
)
from tritonqa.datasets.natural_questions import lines as bounded
from tritonqa.errors import InputError

SAMPLES = sorted((Path(__file__).parents[2] / "data" / "natural_questions").glob("*.jsonl.gz"))
TAGS = st.sampled_from(["<P>", "</P>", "<H1>", "<Table>", '<Th_colspan="2">', '<Td_rowspan="2"_colspan="3">'])
WORDS = st.text(st.characters(exclude_characters=" ", exclude_categories=["Cs"]), max_size=8)
WHOLE = st.integers(-(2**63), 2**63)


@st.composite
def simplified_pages(draw: st.DrawFn) -> dict[str, Any]:
    tokens = draw(st.lists(st.one_of(TAGS, WORDS), min_size=1, max_size=30))
    cuts = sorted(draw(st.sets(st.integers(0, len(tokens)), max_size=6)))
    candidates = [
        {"start_token": a, "end_token": b, "top_level": True} for a, b in zip(cuts, cuts[1:], strict=False)
    ]
    record = {
        "example_id": draw(WHOLE),
        "question_text": "what " + draw(WORDS),
        "document_text": " ".join(tokens),
        "long_answer_candidates": candidates,
    }
    if draw(st.booleans()):
        record["document_url"] = draw(st.one_of(st.just("https://en.wikipedia.org/?title=A_b"), WORDS))
    if draw(st.booleans()):
        record["annotations"] = [draw(marked(candidates)) for _ in range(draw(st.integers(0, 3)))]
    return record


@st.composite
def marked(draw: st.DrawFn, candidates: list[dict[str, Any]]) -> dict[str, Any]:
    index = draw(st.integers(-1, len(candidates) - 1))
    start, end = (-1, -1) if index < 0 else (candidates[index][n] for n in ("start_token", "end_token"))
    short = [] if index < 0 else draw(st.lists(st.just({"start_token": start, "end_token": end}), max_size=2))
    return {
        "annotation_id": draw(WHOLE),
        "long_answer": {"candidate_index": index, "start_token": start, "end_token": end},
        "short_answers": short,
        "yes_no_answer": draw(st.sampled_from(["NONE", "YES", "NO"])),
    }


@given(simplified_pages())
def test_simplify_undoes_expand(record: dict[str, Any]) -> None:
    official = expand(copy.deepcopy(record))
    assert is_official(official)
    assert simplify(official) == record
    _hold_alike(record, official)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_simplify_undoes_expand_on_real_pages(path: Path) -> None:
    authors = pytest.importorskip("natural_questions.text_utils")
    for record, page in read_records(path):
        official = expand(record)
        assert simplify(official) == record == authors.simplify_nq_example(copy.deepcopy(official))
        _hold_alike(record, official)
        assert len(page.tokens) == len(record["document_text"].split(" "))


def _hold_alike(record: dict[str, Any], official: dict[str, Any]) -> None:
    """Both formats are the same page, and every token stands in the HTML where its bytes say."""
    ours, theirs = parse(record), parse(official)
    assert (ours.id, ours.tokens, ours.html) == (theirs.id, theirs.tokens, theirs.html)
    assert [c.span.start_token for c in ours.candidates] == [c.span.start_token for c in theirs.candidates]
    page = official["document_html"].encode()
    for token in official["document_tokens"]:
        piece = page[token["start_byte"] : token["end_byte"]].decode()
        assert (piece if token["html_token"] else html.unescape(piece)) == token["token"] or "&" in token[
            "token"
        ]
    for candidate in theirs.candidates:
        assert theirs.span(candidate.span.start_token, candidate.span.end_token) == candidate.span


PAGE: dict[str, Any] = {
    "example_id": 7,
    "question_text": "who",
    "document_text": "<P> Ada wrote . </P> <P> No . </P>",
    "long_answer_candidates": [
        {"start_token": 0, "end_token": 5, "top_level": True},
        {"start_token": 5, "end_token": 9, "top_level": True},
    ],
    "annotations": [
        {
            "annotation_id": 1,
            "long_answer": {"start_token": 0, "end_token": 5, "candidate_index": 0},
            "short_answers": [{"start_token": 1, "end_token": 2}],
            "yes_no_answer": "NONE",
        }
    ],
}


def _changed(path: str, value: Any) -> dict[str, Any]:
    record: Any = copy.deepcopy(PAGE)
    place = record
    *steps, last = (int(step) if step.isdigit() else step for step in path.split("."))
    for step in steps:
        place = place[step]
    place[last] = value
    return dict(record)


WRONG = [
    ("long_answer_candidates.0.end_token", 6, "top-level 0 and 1 overlap"),
    ("long_answer_candidates.1.end_token", 10, "beyond the page's 9 tokens"),
    ("long_answer_candidates.1.start_token", -1, "does not go with start_token -1"),
    ("long_answer_candidates.1.top_level", 1, "must be true or false"),
    ("annotations.0.long_answer.candidate_index", 2, "beyond 2 candidates"),
    ("annotations.0.long_answer.candidate_index", 1, "other tokens than its candidate"),
    ("annotations.0.short_answers.0.end_token", 1, "annotations[0].short_answers[0].end_token 1"),
    ("annotations.0.long_answer.candidate_index", -2, "candidate_index must be -1 for none, not -2"),
    ("example_id", "1" * 5000, "field example_id must be a whole number"),
    ("example_id", 7, "page 7 is there twice; give each page once"),
    ("annotations.0.yes_no_answer", "MAYBE", "annotations[0].yes_no_answer must be NONE, YES or NO"),
    ("annotations.0.long_answer", None, "annotations[0].long_answer must be an object"),
    ("annotations.0.note", "x", "annotations[0].note is not one of the format's"),
    ("title", "x", "field title is not one of the format's"),
    ("example_id", 1.5, "field example_id must be a whole number"),
    ("question_text", " ", "field question_text is empty"),
    ("question_text", "\ud800", "lone surrogate"),
    ("document_text", None, "field document_text must be text"),
    ("long_answer_candidates", {}, "field long_answer_candidates must be a list"),
]


@pytest.mark.parametrize(("path", "value", "message"), WRONG, ids=[f"{w[0]}={w[1]!r:.20}" for w in WRONG])
def test_errors_name_file_line_and_field(tmp_path: Path, path: str, value: Any, message: str) -> None:
    file = tmp_path / "pages.jsonl"
    rows = [PAGE, _changed(path, value), {**PAGE, "example_id": 8}]
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    with pytest.raises(InputError) as raised:
        list(read_pages([file]))
    assert message in str(raised.value)
    assert f"{file}, line 2" in str(raised.value)
    told: list[InputError] = []
    assert [page.id for page in read_pages([file], told.append)] == [7, 8]
    assert [str(error) for error in told] == [str(raised.value)]


def test_a_page_without_annotations_or_with_empty_ones_is_a_page() -> None:
    bare = {name: value for name, value in PAGE.items() if name != "annotations"}
    assert parse(bare).annotations == () == parse({**PAGE, "annotations": []}).annotations
    nothing = {"long_answer": {"start_token": -1, "end_token": -1}, "short_answers": []}
    (found,) = parse({**PAGE, "annotations": [nothing]}).annotations
    assert (found.long, found.short, found.yes_no) == (PageSpan(), (), "NONE")


def test_a_gzip_cut_short_gives_what_was_whole(tmp_path: Path) -> None:
    file = tmp_path / "pages.jsonl.gz"
    rows = [expand({**PAGE, "example_id": i}) for i in range(2000)]
    whole = gzip.compress("\n".join(map(json.dumps, rows)).encode())
    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="damaged or cut short behind line"):
        list(read_pages([file]))
    told: list[InputError] = []
    ids = [page.id for page in read_pages([file], told.append)]
    assert ids == list(range(len(ids)))
    assert 0 < len(ids) < 2000
    assert len(told) == 1


def test_a_line_too_long_is_read_past(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "MAX_LINE", 1 << 20)
    file = tmp_path / "pages.jsonl"
    pages = [PAGE, {**PAGE, "question_text": "x" * (5 << 20)}, {**PAGE, "example_id": 8}]
    lines = map(json.dumps, pages)
    file.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(InputError, match="line 2 is longer than 1 MB"):
        list(read_pages([file]))
    told: list[InputError] = []
    assert len(list(read_pages([file], told.append))) == 2
    assert len(told) == 1


NO_PAGES = ["{", "[]", "nonsense", '{"example_id": 1}', "[" * 100_000, '"\xff"', "1" * 5000, "PK\x03\x04"]


@pytest.mark.parametrize("line", NO_PAGES, ids=[repr(line[:20]) for line in NO_PAGES])
def test_what_is_no_page_is_one_sentence(tmp_path: Path, line: str) -> None:
    file = tmp_path / "pages.jsonl"
    file.write_bytes(line.encode("latin-1"))
    with pytest.raises(InputError, match="line 1.*(give JSON lines, a page a line|is missing)"):
        list(read_pages([file]))


@pytest.mark.parametrize(
    ("token", "message"),
    [
        ({"html_token": "false"}, r"document_tokens\[1\].html_token must be true or false, not 'false'"),
        ({"end_byte": 7}, r"document_tokens\[1\]: byte 7 is within a character of the HTML"),
        ({"start_byte": -1}, r"document_tokens\[1\]: bytes -1 to 8 are not in the"),
    ],
)
def test_tokens_of_the_official_format_are_held_to_it(token: dict[str, Any], message: str) -> None:
    page = expand({**PAGE, "document_text": PAGE["document_text"].replace("Ada", "Adä")})
    assert parse(page).bytes[1] == (4, 8)
    page["document_tokens"][1] |= token
    with pytest.raises(InputError, match=message):
        parse(page)


@pytest.mark.skipif(sys.platform == "win32", reason="needs named pipes")
def test_pages_come_through_a_pipe_with_windows_line_ends_and_a_mark(tmp_path: Path) -> None:
    pipe, rows = tmp_path / "pipe", [json.dumps({**PAGE, "example_id": i}) for i in range(3)]
    os.mkfifo(pipe)
    content = ("\ufeff" + "\r\n".join(rows)).encode()
    writing = threading.Thread(target=lambda: pipe.write_bytes(content))
    writing.start()
    reading = Reading([pipe])
    assert [page.id for page in read_pages([pipe], read=reading)] == [0, 1, 2]
    assert reading.pages(3) is None
    writing.join()


@pytest.mark.parametrize("packed", [False, True])
def test_how_many_pages_there_may_be_is_told_while_they_are_read(tmp_path: Path, packed: bool) -> None:
    draw, files = random.Random(0), [tmp_path / "a.jsonl", tmp_path / "b.jsonl"]
    for at, file in enumerate(files):
        made = (
            {**PAGE, "example_id": 100 * at + i, "question_text": draw.randbytes(9_000).hex()}
            for i in range(100)
        )
        content = "\n".join(map(json.dumps, made)).encode()
        file.write_bytes(gzip.compress(content) if packed else content)
    reading = Reading(files)
    told = [reading.pages(done) for done, _ in enumerate(read_pages(files, read=reading), 1)]
    assert all(total is not None and done <= total for done, total in enumerate(told, 1))
    assert told[99] == told[199] == 200 and told[49] == pytest.approx(200, rel=0.2)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing.jsonl can't be read"):
        list(read_pages([tmp_path / "nothing.jsonl"]))
