"""Measure pages of Natural Questions a second against a plain padded loop over the same windows, and memory.

    python benchmarks/nq_throughput.py PAGES [--pages N] [--chunk N] [--memory N]

The plain loop is transformers in fp32 on all cores: windows in the order of the page, 16 a batch, padded to
the longest. Both decode alike and take turns, chunk by chunk. --memory predicts that many pages (the file
over and over) with the toy engine, and says how much memory was taken after a tenth of them and after all.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count, islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from record import record, spread
from transformers import AutoModelForQuestionAnswering

from tritonqa.datasets.natural_questions import Page, read_pages
from tritonqa.engine.backends.toy import ToyEngine
from tritonqa.engine.base import pad_windows
from tritonqa.natural_questions import predict
from tritonqa.natural_questions.answer import answer
from tritonqa.natural_questions.passages import passages
from tritonqa.reader.find import PACKAGED, find_bundle
from tritonqa.reader.in_process import InProcess
from tritonqa.reader.load import load_in_process
from tritonqa.text import Ask
from tritonqa.train.run import checkpoint_of

BATCH = 16


def main() -> None:
    """Take turns and write the ratio."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--pages", type=int, default=40)
    parser.add_argument("--chunk", type=int, default=8)
    parser.add_argument("--memory", type=int, default=0)
    options = parser.parse_args()
    pages = list(islice(read_pages([options.file]), options.pages))
    reader = load_in_process(PACKAGED)
    model = AutoModelForQuestionAnswering.from_pretrained(checkpoint_of(PACKAGED)).eval()
    ours, plain = [], []
    list(predict(reader, pages[:1]))
    loop(reader, model, pages[:1])
    for at in range(0, len(pages), options.chunk):
        chunk = pages[at : at + options.chunk]
        begun = time.perf_counter()
        list(predict(reader, chunk))
        between = time.perf_counter()
        loop(reader, model, chunk)
        ours.append(len(chunk) / (between - begun))
        plain.append(len(chunk) / (time.perf_counter() - between))
    values: dict[str, Any] = {
        "pages": len(pages),
        "candidates_a_page": round(sum(len(passages(page, "drop")) for page in pages) / len(pages), 1),
        "engine": f"{reader.flow.engine.name}/{reader.flow.engine.precision}",
        "pages_a_second": spread(ours),
        "plain_pages_a_second": spread(plain),
        "times_plain": spread([a / b for a, b in zip(ours, plain, strict=True)]),
    }
    reader.close()
    if options.memory:
        values["memory"] = memory(pages, options.memory)
    record("nq-throughput", values)


def loop(reader: InProcess, model: Any, pages: Sequence[Page]) -> None:
    """Predict as a script would: a page after the other, batches padded to their longest window."""
    for page in pages:
        found = passages(page, "drop")
        prepared = reader.prepare(Ask.of(page.question, [passage.text for passage in found]))
        logits = []
        for at in range(0, len(prepared.windows), BATCH):
            windows = prepared.windows[at : at + BATCH]
            inputs = pad_windows(windows, max(map(len, windows)))
            with torch.inference_mode():
                out = model(**{name: torch.from_numpy(array) for name, array in inputs.items()})
            both = np.stack((out.start_logits.numpy(), out.end_logits.numpy()), 1)  # [batch, 2, length]
            logits += [row[:, : len(window)] for row, window in zip(both, windows, strict=True)]
        answer(page, found, prepared, logits, reader.decoding)


def memory(pages: Sequence[Page], most: int) -> dict[str, float]:
    """Return MB taken at most after a tenth of the pages, and after all."""

    def endless() -> Iterator[Page]:
        for number in count():
            yield replace(pages[number % len(pages)], id=number)

    reader = InProcess(find_bundle(PACKAGED).tokenizer(), ToyEngine())
    found = predict(reader, islice(endless(), most))
    for _ in islice(found, most // 10):
        pass
    early = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    for _ in found:
        pass
    late = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    reader.close()
    return {"pages": most, "early_mb": round(early, 1), "late_mb": round(late, 1)}


if __name__ == "__main__":
    main()
