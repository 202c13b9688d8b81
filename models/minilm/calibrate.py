"""Fit the packaged reader's probabilities on held-out SQuAD 2.0 and write them into its bundle.json.

    python calibrate.py HELDOUT

What is reported for an article uses a fit on the other articles; what ships uses all of them. Needs tritonqa.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tritonqa.answers import Calibration
from tritonqa.evaluate import exact, expected_calibration_error, f1, load_squad
from tritonqa.features import Window, prepare
from tritonqa.reader.load import load
from tritonqa.spans import decode
from tritonqa.spans.band import FloatArray
from tritonqa.text import Ask

BUNDLE = Path(__file__).parent / "src" / "tritonqa_minilm" / "bundle"


def observe(path: Path) -> dict[str, np.ndarray]:
    """Ask every question; return margin, log odds of the best span among all, and what came true."""
    reader = load(str(BUNDLE))
    rows, examples = [], load_squad(path).examples
    pending = []

    def finish(windows: Sequence[Window], logits: list[FloatArray]) -> tuple[float, float, int, int]:
        evidence = decode(windows, logits, reader.decoding)
        span = next(evidence.spans)
        share = min(np.exp(span.margin - evidence.total), 1 - 1e-12)
        tokens = windows[0].tokens
        return (
            evidence.margin,
            np.log(share) - np.log1p(-share),
            tokens.starts[span.first],
            tokens.ends[span.last],
        )

    for example in examples:
        windows = prepare(
            Ask.of(example.question, example.context), reader.tokenizer, reader.template, reader.windowing
        ).windows
        pending.append(reader.flow.submit(windows, lambda logits, windows=windows: finish(windows, logits)))
    for example, future in zip(examples, pending, strict=True):
        margin, odds, start, end = future.result()
        text, golds = example.context[start:end], example.answers or ("",)
        rows.append(
            (
                margin,
                odds,
                bool(example.answers),
                max(exact(g, text) for g in golds),
                max(f1(g, text) for g in golds),
            )
        )
    reader.close()
    margin, odds, answerable, hit, overlap = map(np.array, zip(*rows, strict=True))
    titles = np.array([example.title for example in examples])
    return {
        "margin": margin,
        "odds": odds,
        "answerable": answerable,
        "hit": hit,
        "f1": overlap,
        "title": titles,
    }


def logistic(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Fit slope and intercept by Newton's method (Platt 1999)."""
    design, weights = np.stack((x, np.ones_like(x)), 1), np.zeros(2)
    for _ in range(50):
        chance = 1 / (1 + np.exp(-design @ weights))
        curvature = design.T @ (design * (chance * (1 - chance))[:, None]) + 1e-6 * np.eye(2)
        weights = weights + np.linalg.solve(curvature, design.T @ (y - chance))
    return round(float(weights[0]), 6), round(float(weights[1]), 6)


def fit(seen: dict[str, np.ndarray], rows: np.ndarray) -> Calibration:
    """Fit both curves on these rows."""
    kept = rows & seen["answerable"]
    slope, intercept = logistic(seen["margin"][rows], seen["answerable"][rows].astype(float))
    right, base = logistic(seen["odds"][kept], seen["hit"][kept].astype(float))
    prior = round(float(seen["answerable"][rows].mean()), 6)
    return Calibration(slope, intercept, prior, right, base)


def main() -> None:
    """Observe, cross-fit by article, fit on all, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("heldout", type=Path)
    seen = observe(parser.parse_args().heldout)
    answer, nothing = np.zeros(len(seen["hit"])), np.zeros(len(seen["hit"]))
    answered, f1s, exacts = np.zeros(len(answer), bool), np.zeros(len(answer)), np.zeros(len(answer))
    for title in np.unique(seen["title"]):
        rows = seen["title"] == title
        known = fit(seen, ~rows)
        for i in np.flatnonzero(rows):
            chance = known.answerable(seen["margin"][i], known.fitted_prior)
            share = 1 / (1 + np.exp(-seen["odds"][i]))
            answer[i], nothing[i] = chance * known.right(share), 1 - chance
        cuts = np.quantile(seen["margin"], np.linspace(0, 1, 200))
        value = [
            np.where(seen["margin"] >= c, seen["f1"] * seen["answerable"], ~seen["answerable"])[~rows].mean()
            for c in cuts
        ]
        answered[rows] = seen["margin"][rows] >= cuts[int(np.argmax(value))]
    for target, raw in ((f1s, seen["f1"]), (exacts, seen["hit"])):
        target[:] = np.where(answered, raw * seen["answerable"], ~seen["answerable"])
    shipped = fit(seen, np.ones(len(answer), bool))
    hit = seen["hit"] * seen["answerable"]
    record = {
        **{name: getattr(shipped, name) for name in shipped.__slots__},
        "answer_error": round(expected_calibration_error(answer, hit), 4),
        "no_answer_error": round(expected_calibration_error(nothing, ~seen["answerable"]), 4),
    }
    path = BUNDLE / "bundle.json"
    bundle = json.loads(path.read_text(encoding="utf-8"))
    bundle["calibration"] = record
    path.write_text(json.dumps(bundle, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(record, indent=2))
    print(f"cross-fitted threshold: exact {100 * exacts.mean():.2f}, f1 {100 * f1s.mean():.2f}")


if __name__ == "__main__":
    main()
