"""Measure decoding a window, logits to best answer, by its length: python benchmarks/decoding.py."""

from __future__ import annotations

import statistics
import time

import numpy as np
from record import record

from tritonqa.answers import rank
from tritonqa.features import Prepared, Template, Tokens, Window
from tritonqa.spans import Decoding, decode
from tritonqa.text import Ask

LENGTHS = (96, 192, 384, 768, 1536, 3072, 4096, 8192)
ROUNDS, REPEATS = 15, 200


def microseconds(length: int) -> tuple[float, float]:
    """Return the time of decode with its best span, and with rank after it, medians of rounds."""
    one = np.zeros(1, np.int32)
    template = Template(one, one, one, (0, 0, 0, 1, 1))
    question = np.zeros(12, np.int32)
    count = length - template.special - len(question)
    starts = np.arange(count, dtype=np.int32) * 5
    window = Window(
        template, question, Tokens(np.zeros(count, np.int32), starts, starts + 4, starts), 0, 0, count
    )
    prepared = Prepared(Ask("q", ("word " * count,)), (window,), False)
    logits = np.random.default_rng(0).normal(size=(2, length)).astype(np.float32)
    options = Decoding(no_answer_threshold=1.0)
    spans, whole = [], []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        for _ in range(REPEATS):
            next(decode([window], [logits], options).spans)
        middle = time.perf_counter()
        for _ in range(REPEATS):
            rank(prepared, decode([window], [logits], options), None, options)
        spans.append((middle - begun) / REPEATS * 1e6)
        whole.append((time.perf_counter() - middle) / REPEATS * 1e6)
    return statistics.median(spans), statistics.median(whole)


def main() -> None:
    """Measure, print, write dated JSON."""
    found = {length: microseconds(length) for length in LENGTHS}
    record(
        "decoding",
        {
            "best_span_microseconds": {str(n): round(spans, 1) for n, (spans, _) in found.items()},
            "ranked_answer_microseconds": {str(n): round(whole, 1) for n, (_, whole) in found.items()},
        },
    )


if __name__ == "__main__":
    main()
