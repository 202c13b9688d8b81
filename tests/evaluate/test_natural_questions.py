"""Held to the official script, the PyPI package natural-questions, on 12,000 generated predictions."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path
from typing import Any

import pytest

from tritonqa.datasets.natural_questions import (
    Annotation,
    PageSpan,
    Prediction,
    read_pages,
    read_predictions,
)
from tritonqa.errors import InputError
from tritonqa.evaluate.natural_questions import (
    Curve,
    figures,
    judge,
    losses,
    micro_f1,
    null_figures,
    short_overlap,
)

PAGES, LENGTH = 12_000, 8
TOKENS = [
    {"token": "a", "start_byte": 2 * i, "end_byte": 2 * i + 1, "html_token": False} for i in range(LENGTH)
]
NULL = {"start_token": -1, "end_token": -1, "start_byte": -1, "end_byte": -1}


def _span(draw: random.Random) -> dict[str, int]:
    """Draw from few spans, so that many agree: by tokens, by bytes, by both, which may differ, or none."""
    start = draw.randrange(LENGTH - 2)
    end = start + draw.randint(1, 2)
    tokens = {"start_token": start, "end_token": end}
    shift = draw.choice([0, 0, 0, 1])
    in_bytes = {"start_byte": 2 * start + shift, "end_byte": 2 * end + shift}
    kind = draw.choice(["both", "both", "both", "tokens", "bytes", "null"])
    return {
        **NULL,
        **(tokens if kind in ("both", "tokens") else {}),
        **(in_bytes if kind in ("both", "bytes") else {}),
    }


def _annotation(draw: random.Random) -> dict[str, Any]:
    long = _span(draw) if draw.random() < 0.6 else NULL
    kind = draw.choice(["none", "none", "one", "several", "yes", "no"])
    count = {"one": 1, "several": draw.randint(2, 3)}.get(kind, 0)
    return {
        "annotation_id": draw.randrange(2**60),
        "long_answer": {**long, "candidate_index": -1},
        "short_answers": [_span(draw) for _ in range(count)],
        "yes_no_answer": {"yes": "YES", "no": draw.choice(["NO", "no"])}.get(kind, "NONE"),
    }


def _prediction(draw: random.Random, page: int, annotations: list[dict[str, Any]]) -> dict[str, Any]:
    """Draw freely, or copy an annotator, its short answers in another order or in part."""
    source = draw.choice(annotations) if draw.random() < 0.6 else _annotation(draw)
    short = [dict(span) for span in source["short_answers"]]
    draw.shuffle(short)
    if draw.random() < 0.2:
        short = short[1:]
    yes_no = source["yes_no_answer"]
    if any(max(span.values()) >= 0 for span in short):
        yes_no = draw.choice(["NONE", "none"])
    found: dict[str, Any] = {
        "example_id": page,
        "long_answer": {name: source["long_answer"][name] for name in NULL},
        "long_answer_score": draw.choice([draw.gauss(0, 3), float(draw.randint(-2, 2)), draw.randint(-2, 2)]),
        "short_answers": short,
        "short_answers_score": draw.choice([draw.gauss(0, 3), 0.0, -0.0]),
        "yes_no_answer": yes_no,
    }
    for name in ("long_answer", "short_answers", "yes_no_answer"):
        if draw.random() < 0.02:
            del found[name]
    return found


def _files(folder: Path, seed: int, pages: int) -> tuple[Path, Path]:
    draw = random.Random(seed)
    gold, predictions = [], []
    for page in draw.sample(range(-(10**18), 10**18), pages):
        annotations = [_annotation(draw) for _ in range(draw.choice([1, 5, 5, 5]))]
        head = {"example_id": page, "question_text": "q", "document_html": "a " * LENGTH}
        record = {**head, "document_tokens": TOKENS, "long_answer_candidates": [], "annotations": annotations}
        gold.append(json.dumps(record))
        predictions.append(_prediction(draw, page, annotations))
    pages_file, predictions_file = folder / "nq-dev-00.jsonl.gz", folder / "predictions.json"
    pages_file.write_bytes(gzip.compress("\n".join(gold).encode(), 1))
    predictions_file.write_text(json.dumps({"predictions": predictions}), encoding="utf-8")
    return pages_file, predictions_file


@pytest.mark.parametrize(("seed", "pages"), [(0, PAGES), *((seed, seed) for seed in range(1, 40))])
def test_every_figure_is_the_official_scripts(tmp_path: Path, seed: int, pages: int) -> None:
    official = pytest.importorskip("natural_questions.nq_eval")
    util, flags = official.util, official.flags.FLAGS
    if not flags.is_parsed():
        flags(["nq_eval"])
    gold_file, predictions_file = _files(tmp_path, seed, pages)
    with gold_file.open("rb") as stream:
        known = util.read_annotation_from_one_split(stream)
    stats = official.score_answers(known, util.read_prediction_json(str(predictions_file)))
    wanted = official.get_metrics_with_answer_stats(*stats) | official.compute_final_f1(*stats)

    gold = {page.id: page.annotations for page in read_pages([gold_file])}
    predictions = read_predictions(predictions_file)
    judged = judge(gold, predictions)
    assert figures(judged) == dict(wanted)
    for start in (-1.0, 0.0, 2.0):
        exact, near = Curve.of(judged.short).at(start), short_overlap(judged.short, gold, predictions, start)
        assert exact.f1 <= near["short-overlap-f1"] <= 1 and exact.recall <= near["short-overlap-recall"] <= 1
    for ours, theirs in zip((judged.long, judged.short), stats, strict=True):
        rows = [(bool(g), bool(p), c, s) for g, p, c, s in theirs]
        assert sorted((r.gold, r.predicted, r.correct, r.score) for r in ours) == sorted(rows)


def test_a_near_answer_counts_in_part() -> None:
    page = [Annotation(PageSpan(0, 9), (PageSpan(1, 5),), "NONE")]
    gold = {1: page, 2: page, 3: page, 4: [Annotation(PageSpan(), (), "NONE")]}
    spans = {1: PageSpan(1, 5), 2: PageSpan(3, 7), 3: PageSpan(6, 9), 4: PageSpan(1, 2)}
    found = {i: Prediction(i, short=(span,), short_score=1.0) for i, span in spans.items()}
    near = short_overlap(judge(gold, found, least=1).short, gold, found, 0.0)
    assert near["short-overlap-precision"] == pytest.approx((1 + 0.5) / 4)
    assert near["short-overlap-recall"] == pytest.approx((1 + 0.5) / 3)
    assert short_overlap(judge(gold, found, least=1).short, gold, found, 2.0)["short-overlap-f1"] == 0


A, B = PageSpan(0, 4), PageSpan(4, 8)
ADA, WROTE = PageSpan(1, 2), PageSpan(2, 3)


def _one(annotation: Annotation, prediction: Prediction) -> tuple[str, str]:
    gold, found = {1: [annotation]}, {1: prediction}
    (loss,) = losses(judge(gold, found, least=1), gold, found, 0.0, 0.0)
    return loss.long, loss.short


@pytest.mark.parametrize(
    ("annotation", "prediction", "reasons"),
    [
        (Annotation(A, (ADA,), "NONE"), Prediction(1, A, 1, (ADA,), 1), ("right", "right")),
        (Annotation(A, (ADA,), "NONE"), Prediction(1, A, -1, (ADA,), -1), ("null threshold",) * 2),
        (Annotation(A, (ADA,), "NONE"), Prediction(1), ("null threshold",) * 2),
        (Annotation(PageSpan(), (), "NONE"), Prediction(1, A, 1, (ADA,), 1), ("null threshold",) * 2),
        (Annotation(PageSpan(), (), "NONE"), Prediction(1, A, -1, (ADA,), -1), ("right", "right")),
        (Annotation(A, (ADA,), "NONE"), Prediction(1, B, 1, (PageSpan(5, 6),), 1), ("wrong candidate",) * 2),
        (Annotation(A, (ADA,), "NONE"), Prediction(1, A, 1, (WROTE,), 1), ("right", "wrong span")),
        (Annotation(A, (), "NONE"), Prediction(1, A, 1, (ADA,), 1), ("right", "wrong type")),
        (Annotation(A, (), "YES"), Prediction(1, A, 1, (ADA,), 1), ("right", "wrong type")),
        (Annotation(A, (), "YES"), Prediction(1, A, 1, (), 1, "NO"), ("right", "wrong type")),
        (Annotation(A, (ADA,), "NONE"), Prediction(1, A, 1, (), 1, "NO"), ("right", "wrong type")),
        (Annotation(A, (), "YES"), Prediction(1, B, 1, (), 1, "NO"), ("wrong candidate",) * 2),
    ],
)
def test_a_loss_has_its_reason(
    annotation: Annotation, prediction: Prediction, reasons: tuple[str, str]
) -> None:
    assert _one(annotation, prediction) == reasons


def test_micro_f1_counts_as_the_competition_does() -> None:
    answered = Annotation(A, (ADA, WROTE), "NONE")
    gold = {
        1: [answered],
        2: [answered],
        3: [Annotation(PageSpan(), (), "NONE")],
        4: [Annotation(B, (), "YES")],
    }
    found = {
        1: Prediction(1, A, 1, (WROTE,), 1),  # both right: any one of the spans will do
        2: Prediction(2, B, 1, (), -1),  # long wrong, short missed
        3: Prediction(3, A, 1, (), -1),  # long where there is none
        4: Prediction(4, B, -1, (), 1, "YES"),  # long held back, short right
    }
    figure = micro_f1(judge(gold, found, least=1), gold, found, 0.0, 0.0)
    assert figure["micro-precision"] == 3 / 5
    assert figure["micro-recall"] == 3 / 5


def test_pages_and_predictions_must_be_the_same_unless_told() -> None:
    gold = {1: [Annotation(A, (), "NONE")], 2: [Annotation(A, (), "NONE")]}
    with pytest.raises(InputError, match="1 pages have no prediction, such as 2"):
        judge(gold, {1: Prediction(1)})
    with pytest.raises(InputError, match="1 predictions are of unknown pages, such as 3"):
        judge(gold, {page: Prediction(page) for page in (1, 2, 3)})
    found = {1: Prediction(1, A, 1.0), 3: Prediction(3, A, 2.0)}
    assert figures(judge(gold, found, least=1, missing_is_null=True))["long-answer-recall"] == 0.5


def test_no_annotations_are_no_answer() -> None:
    judged = judge({1: []}, {1: Prediction(1, A, 1.0)})
    assert not judged.long[0].gold
    assert null_figures(judged.long, 2.0) == {"precision": 1.0, "recall": 1.0}
    assert null_figures(judged.long, 0.0) == {"precision": 0.0, "recall": 0.0}
