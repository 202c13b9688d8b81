from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.byte_tokenizer import byte_tokenizer
from tritonqa.datasets.natural_questions import Page, Prediction, expand, parse, read_pages, read_predictions
from tritonqa.engine.backends.toy import ToyEngine
from tritonqa.errors import InputError, OutputError
from tritonqa.features import Windowing
from tritonqa.natural_questions import SCORE, PageOptions, predict, predict_files
from tritonqa.natural_questions.passages import MARKUPS
from tritonqa.reader.in_process import InProcess

SAMPLES = sorted((Path(__file__).parents[1] / "data" / "natural_questions").glob("*.jsonl.gz"))
WORDS = st.lists(st.sampled_from(["keeper", "Ada", "light", "🙂", "<Tr>", "``", "é", "كتاب"]), max_size=12)


@pytest.fixture(scope="module")
def reader() -> Iterator[InProcess]:
    small = Windowing(max_length=64, stride=16, max_question=16)
    opened = InProcess(byte_tokenizer(), ToyEngine(), windowing=small)
    yield opened
    opened.close()


def record(number: int, paragraphs: list[list[str]], question: str = "who is the keeper") -> dict[str, Any]:
    tokens: list[str] = []
    candidates = []
    for words in paragraphs:
        start = len(tokens)
        tokens += ["<P>", *words, "</P>"]
        candidates.append({"start_token": start, "end_token": len(tokens), "top_level": True})
    return {
        "example_id": number,
        "question_text": question,
        "document_text": " ".join(tokens) or "nothing",
        "long_answer_candidates": candidates,
    }


@given(st.lists(st.lists(WORDS, max_size=4), max_size=4), st.sampled_from(MARKUPS), st.booleans())
def test_spans_are_tokens_of_the_page_and_their_text_is_theirs(
    reader: InProcess, pages: list[list[list[str]]], markup: str, official: bool
) -> None:
    records = [record(i, paragraphs) for i, paragraphs in enumerate(pages)]
    parsed = [parse(expand(item) if official else item) for item in records]
    found = list(predict(reader, parsed, markup))
    assert [prediction.id for prediction in found] == [page.id for page in parsed]
    for page, prediction in zip(parsed, found, strict=True):
        _hold(page, prediction)


def _hold(page: Page, prediction: Prediction) -> None:
    wordless = all(page.html[i] for c in page.candidates for i in range(c.span.start_token, c.span.end_token))
    assert prediction.has_long == prediction.has_short == (not wordless)
    if wordless:
        return
    (short,) = prediction.short
    assert prediction.long in [candidate.span for candidate in page.candidates]
    assert prediction.long.start_token <= short.start_token < short.end_token <= prediction.long.end_token
    assert dict(prediction.notes)["text"] == page.text(short)
    assert short == page.span(short.start_token, short.end_token)
    assert prediction.long_score >= prediction.short_score


@given(
    st.lists(st.lists(WORDS, max_size=4), min_size=1, max_size=4), st.sampled_from(MARKUPS), st.integers(1, 4)
)
def test_a_short_answer_has_as_many_words_as_wanted(
    reader: InProcess, pages: list[list[list[str]]], markup: str, longest: int
) -> None:
    parsed = [parse(record(i, paragraphs)) for i, paragraphs in enumerate(pages)]
    free, found = list(predict(reader, parsed, markup)), list(predict(reader, parsed, markup, longest))
    for page, before, prediction in zip(parsed, free, found, strict=True):
        _hold(page, prediction)
        for span in prediction.short:
            words = [i for i in range(span.start_token, span.end_token) if not page.html[i]]
            assert len(words) <= longest
        assert (prediction.long, prediction.long_score) == (before.long, before.long_score)
    assert list(predict(reader, parsed, "drop", 10_000)) == list(predict(reader, parsed, "drop"))


def _read(words: list[str]) -> tuple[str, ...]:
    """Return the words that a passage has of them: two passages that read the same are one evidence."""
    return tuple(word for word in words if not word.startswith("<"))


@given(st.lists(WORDS.filter(lambda words: "Ada" in words), min_size=1, max_size=4, unique_by=_read))
def test_scores_are_log_odds_against_all_else_on_the_page(
    reader: InProcess, paragraphs: list[list[str]]
) -> None:
    apart = list(predict(reader, [parse(record(i, [words])) for i, words in enumerate(paragraphs)]))
    (page,) = predict(reader, [parse(record(9, paragraphs))])
    weights = np.exp([one.long_score for one in apart])
    best = int(weights.argmax())
    odds = weights[best] / (1 + weights.sum() - weights[best])
    assert page.long_score == pytest.approx(np.log(odds), abs=1e-4)
    share = 1 / (1 + np.exp(-apart[best].short_score))  # of 1 and the weight of its candidate
    span = share * (1 + weights[best])
    assert page.short_score == pytest.approx(np.log(span / (1 + weights.sum() - span)), abs=1e-4)


def test_the_same_in_both_formats_and_file_by_file(reader: InProcess, tmp_path: Path) -> None:
    output = tmp_path / "predictions.json"
    assert predict_files(reader, "toy", SAMPLES, output, PageOptions()) == 2
    assert json.loads(output.read_text(encoding="utf-8"))["score"] == SCORE
    assert not (tmp_path / "predictions.json.partial").exists()
    found = read_predictions(output)
    for page in read_pages(SAMPLES):
        _hold(page, found[page.id])


def test_a_csv_holds_what_passes_the_thresholds(reader: InProcess, tmp_path: Path) -> None:
    output = tmp_path / "predictions.csv"
    predict_files(reader, "toy", SAMPLES[:1], output, PageOptions(short_threshold=1e9))
    (found,) = read_predictions(output).values()
    assert found.has_long and not found.has_short


def _write(file: Path, count: int) -> None:
    rows = [record(i, [["Ada", "is", "the", "keeper", str(i)], ["light"] * (i % 7)]) for i in range(count)]
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")


@pytest.mark.parametrize("cut", [0, 1, 40, 100, 900, 2000])
def test_a_run_cut_anywhere_goes_on_as_if_it_was_not(reader: InProcess, tmp_path: Path, cut: int) -> None:
    pages, whole, output = tmp_path / "pages.jsonl", tmp_path / "whole.json", tmp_path / "cut.json"
    _write(pages, 12)
    predict_files(reader, "toy", [pages], whole, PageOptions())
    partial = tmp_path / "cut.json.partial"
    with pytest.raises(KeyboardInterrupt):
        predict_files(reader, "toy", [pages], output, PageOptions(), step=_interrupted)
    partial.write_bytes(partial.read_bytes()[:cut])
    with pytest.raises(InputError, match="go on with --resume"):
        predict_files(reader, "toy", [pages], output, PageOptions())
    assert predict_files(reader, "toy", [pages], output, PageOptions(resume=True)) == 12
    assert output.read_bytes() == whole.read_bytes()
    assert not partial.exists()


def _interrupted(done: int, total: int | None) -> None:
    if done == 7:
        raise KeyboardInterrupt


def test_another_run_is_not_gone_on_with(reader: InProcess, tmp_path: Path) -> None:
    pages, output = tmp_path / "pages.jsonl", tmp_path / "predictions.json"
    _write(pages, 8)
    with pytest.raises(KeyboardInterrupt):
        predict_files(reader, "toy", [pages], output, PageOptions(), step=_interrupted)
    kept = (tmp_path / "predictions.json.partial").read_bytes()
    with pytest.raises(InputError, match="is of another reader, other files or options"):
        predict_files(reader, "other", [pages], output, PageOptions(resume=True))
    with pytest.raises(InputError, match="is of another reader, other files or options"):
        predict_files(reader, "toy", [pages], output, PageOptions(resume=True, longest=5))
    trained = InProcess(byte_tokenizer(), ToyEngine(), fingerprint="anew")
    with pytest.raises(InputError, match="is of another reader"):
        predict_files(trained, "toy", [pages], output, PageOptions(resume=True))
    trained.close()
    assert (tmp_path / "predictions.json.partial").read_bytes() == kept


def test_two_runs_into_one_output_are_one_too_many(reader: InProcess, tmp_path: Path) -> None:
    pages, output = tmp_path / "pages.jsonl", tmp_path / "predictions.json"
    _write(pages, 8)
    told: list[int] = []

    def other(done: int, total: int | None) -> None:
        if not told:
            told.append(done)
            with pytest.raises(InputError, match="another run is predicting into"):
                predict_files(reader, "toy", [pages], output, PageOptions(resume=True))

    assert predict_files(reader, "toy", [pages], output, PageOptions(), step=other) == 8 and told
    assert set(tmp_path.iterdir()) == {pages, output}


def test_a_place_that_can_t_be_written_is_said_first(reader: InProcess, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="can't be written"):
        predict_files(reader, "toy", SAMPLES, tmp_path / "no" / "predictions.json", PageOptions())


def test_what_was_predicted_outlives_a_last_step_that_fails(reader: InProcess, tmp_path: Path) -> None:
    pages, output = tmp_path / "pages.jsonl", tmp_path / "predictions.json"
    _write(pages, 3)
    with pytest.raises(OutputError, match="nothing is lost"):
        predict_files(
            reader, "toy", [pages], output, PageOptions(), step=lambda *_: output.mkdir(exist_ok=True)
        )
    output.rmdir()
    assert predict_files(reader, "toy", [pages], output, PageOptions(resume=True)) == 3


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no limit of a file")
def test_a_full_disk_is_said_and_the_run_goes_on(reader: InProcess, tmp_path: Path) -> None:
    import resource

    pages, output = tmp_path / "pages.jsonl", tmp_path / "predictions.json"
    _write(pages, 9)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1500, before[1]))
    try:
        with pytest.raises(OutputError, match="can't be written: File too large; make room"):
            predict_files(reader, "toy", [pages], output, PageOptions())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert predict_files(reader, "toy", [pages], output, PageOptions(resume=True)) == 9


def test_limit_and_pages_given_twice(reader: InProcess, tmp_path: Path) -> None:
    pages, output = tmp_path / "pages.jsonl", tmp_path / "predictions.json"
    _write(pages, 8)
    assert predict_files(reader, "toy", [pages], output, PageOptions(limit=3)) == 3
    assert [*read_predictions(output)] == [0, 1, 2]
    twice, told = tmp_path / "twice.json", list[InputError]()
    with pytest.raises(InputError, match="line 1: page 0 is there twice"):
        predict_files(reader, "toy", [pages, pages], twice, PageOptions())
    assert predict_files(reader, "toy", [pages, pages], twice, PageOptions(resume=True), told.append) == 8
    assert len(told) == 8
    mistakes: list[dict[str, Any]] = [
        {"limit": 0},
        {"longest": 0},
        {"long_threshold": math.nan},
        {"markup": "html"},
    ]
    for wrong in mistakes:
        with pytest.raises(InputError, match=next(iter(wrong))):
            PageOptions(**wrong)


def test_no_input_is_written_over_and_nothing_is_made_of_nothing(reader: InProcess, tmp_path: Path) -> None:
    pages, nothing = tmp_path / "pages.jsonl", tmp_path / "nothing.jsonl"
    _write(pages, 2)
    nothing.touch()
    before = pages.read_bytes()
    for output, message in (
        (pages, "is one of the files to read"),
        (tmp_path, "it is a folder"),
        (tmp_path / "p.json.gz", "predictions are not packed"),
    ):
        with pytest.raises(OutputError, match=message):
            predict_files(reader, "toy", [pages], output, PageOptions())
    with pytest.raises(InputError, match="the files hold no pages"):
        predict_files(reader, "toy", [nothing], tmp_path / "none.json", PageOptions())
    assert pages.read_bytes() == before and set(tmp_path.iterdir()) == {pages, nothing}


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names there are Unicode")
def test_a_name_that_is_not_utf8_and_a_partial_that_is_none(reader: InProcess, tmp_path: Path) -> None:
    pages = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.jsonl"))
    _write(pages, 2)
    assert predict_files(reader, "toy", [pages], tmp_path / "p.json", PageOptions()) == 2
    (tmp_path / "q.json.partial").write_bytes(b"\xff\xfe\n")
    with pytest.raises(InputError, match="is of another reader"):
        predict_files(reader, "toy", [pages], tmp_path / "q.json", PageOptions(resume=True))
