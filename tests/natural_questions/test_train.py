from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support import checkpoints
from tritonqa import Reader
from tritonqa.bundle import read
from tritonqa.datasets.natural_questions import read_pages
from tritonqa.engine.answer_types import answer_type_logits
from tritonqa.errors import InputError
from tritonqa.export import ExportOptions
from tritonqa.natural_questions import predict
from tritonqa.natural_questions.passages import passages
from tritonqa.natural_questions.train import PageRecipe, train_pages
from tritonqa.progress import Report, silent
from tritonqa.reader.load import load_in_process
from tritonqa.text import Ask
from tritonqa.train import Augmentation, Optimisation, Recipe

KINDS = ("short", "yes", "no", "long", "null")
RATE = Optimisation(5e-3, layer_decay=1.0, dropout=0.0, averaging=0.8)
FIT = Recipe(epochs=8, batch_tokens=256, least_steps=1, augmentation=Augmentation(0, 0, 0), optimisation=RATE)


def record(number: int) -> dict[str, Any]:
    """Write a page whose paragraphs say openly what they answer, so that a tiny model learns it."""
    kind = KINDS[number % len(KINDS)]
    words = {"short": "it is Ada here", "yes": "yes yes yes", "no": "no no no", "long": "long long long"}
    texts = ["rain and wind", words.get(kind, "rain and fog"), "fog and snow"]
    tokens: list[str] = []
    spans = []
    for text in texts:
        start = len(tokens)
        tokens += ["<P>", *text.split(), "</P>"]
        spans.append({"start_token": start, "end_token": len(tokens), "top_level": True})
    place = {name: spans[1][name] for name in ("start_token", "end_token")}
    start = spans[1]["start_token"] + 3
    return {
        "example_id": number,
        "question_text": "who keeps the light",
        "document_text": " ".join(tokens),
        "long_answer_candidates": spans,
        "annotations": [
            {
                "long_answer": place if kind != "null" else {"start_token": -1, "end_token": -1},
                "short_answers": [{"start_token": start, "end_token": start + 1}] if kind == "short" else [],
                "yes_no_answer": kind.upper() if kind in ("yes", "no") else "NONE",
            }
        ],
    }


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("pages") / "pages.jsonl"
    file.write_text("\n".join(json.dumps(record(i)) for i in range(100)), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def asks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("asks") / "asks.jsonl"
    row = {"id": "1", "question": "Who?", "context": "Ada.", "answers": ["Ada"]}
    file.write_text(json.dumps(row), encoding="utf-8")
    return file


def train(source: Path, pages: Path, folder: Path, asks: Path, report: Report = silent) -> dict[str, Any]:
    recipe = PageRecipe(held_out=0.3, yes_no_epochs=2, fit=FIT)
    options = ExportOptions(("checkpoint", "onnx"), asks=asks)
    return train_pages(str(source), [pages], folder, recipe, report, options=options).figures


@pytest.mark.slow
def test_types_and_spans_are_learnt_and_the_run_goes_on_where_it_was_cut(
    pages: Path, asks: Path, tmp_path: Path
) -> None:
    source, folder = checkpoints.make("bert", tmp_path / "tiny"), tmp_path / "mine"

    told: list[tuple[str, int]] = []
    for end in ("yes or no", "training"):

        def cut(stage: str, done: int, total: int, end: str = end) -> None:
            if stage == end and done == total // 2:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            train(source, pages, folder, asks, cut)
        assert not folder.exists() and (tmp_path / "mine.training").is_dir()
    figures = train(source, pages, folder, asks, lambda stage, done, _: told.append((stage, done)))
    assert ("training", 1) not in told and "yes or no" not in dict(told)
    assert not (tmp_path / "mine.training").exists()
    assert figures["long-best-threshold-f1"] > 0.9
    manifest = read(folder).manifest
    assert manifest.pages is not None
    assert manifest.pages.long_from == figures["long-best-threshold"]
    _hold_types(folder, pages)


def _hold_types(folder: Path, pages: Path) -> None:
    """yes, no and words are told apart, in torch and in ONNX, and the bundle still answers as a reader."""
    for engine in ("onnx", "torch"):
        reader = load_in_process(str(folder), engine)
        try:
            known = list(read_pages([pages]))[:50]
            found = list(predict(reader, known))
            for page, prediction in zip(known, found, strict=True):
                wanted = page.annotations[0].yes_no
                assert wanted == "NONE" or prediction.yes_no == wanted
            ask = Ask.of(known[0].question, [passage.text for passage in passages(known[0], "drop")])
            logits = reader.flow.engine.run(reader.prepare(ask).windows)
            assert all(answer_type_logits(one) is not None for one in logits)
        finally:
            reader.close()
    with Reader.load(folder) as plain:
        assert plain.ask("who keeps the light", "it is Ada here", no_answer_threshold=1.0)


def test_what_can_t_be_learnt_from_is_refused(pages: Path, asks: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare.jsonl"
    row = record(0)
    del row["annotations"]
    bare.write_text(json.dumps(row), encoding="utf-8")
    with pytest.raises(InputError, match="no page with an answer to learn from"):
        train(checkpoints.make("bert", tmp_path / "tiny"), bare, tmp_path / "none", asks)
    with pytest.raises(InputError, match="held_out must be between 0 and 1"):
        PageRecipe(held_out=1)
    with pytest.raises(InputError, match="held_out leaves no annotated page"):
        train_pages("none", [pages], tmp_path / "none", PageRecipe(held_out=1e-9))
    for wrong in ({"nulls": 0}, {"judged": -1}, {"yes_no_epochs": -1}, {"markup": "html"}):
        with pytest.raises(InputError, match=next(iter(wrong))):
            PageRecipe(**wrong)
    with pytest.raises(InputError, match="seed must be at least 0"):
        Recipe(seed=-1)
