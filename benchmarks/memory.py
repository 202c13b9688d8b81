"""Measure the memory of a long stream of asks, and of one ask over a long text.

    python benchmarks/memory.py [--asks N] [--real N] [--characters N]

--asks go through the real tokenizer and flow and the toy engine, --real through the engine of this machine.
Passages differ, so that the tokens kept of them fill up to their bound.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

from record import record

from tritonqa import Reader

SENTENCE = (
    "Tower {0} of the old town was built by the guild of masons in {1} and restored after the fire of {2}. "
)


def megabytes() -> float:
    """Return this process's resident memory (Linux)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def asks(count: int) -> Iterator[tuple[str, str]]:
    """Make up asks over passages of three sentences."""
    for i in range(count):
        passage = "".join(SENTENCE.format(3 * i + j, 1000 + i, 1500 + i) for j in range(3))
        yield f"When was tower {3 * i} built?", passage


def stream(engine: str | None, count: int) -> dict[str, float]:
    """Return the resident memory after 1, 2 and 5 times each power of ten of asks."""
    marks = {m * 10**p for p in range(2, 7) for m in (1, 2, 5)} | {count}
    curve: dict[str, float] = {}
    with Reader.load(engine=engine) as reader:
        for done, _ in enumerate(reader.ask_many(asks(count)), 1):
            if done in marks:
                curve[str(done)] = round(megabytes(), 1)
    return curve


def long_ask(engine: str | None, characters: int) -> dict[str, float]:
    """Ask once over a text of so many characters."""
    sentences = (SENTENCE.format(i, 1000 + i, 1500 + i) for i in range(characters // 90))
    text = "".join(sentences)[: characters - 40] + " The password of the vault is kestrel."
    steps: list[tuple[int, float]] = []
    with Reader.load(engine=engine) as reader:
        before, begun = megabytes(), time.perf_counter()
        answers = reader.ask(
            "What is the password of the vault?", text, step=lambda done, _: steps.append((done, megabytes()))
        )
        seconds = time.perf_counter() - begun
    assert answers and text[answers[0].start : answers[0].end] == answers[0].text
    return {
        "characters": len(text),
        "windows": steps[-1][0],
        "seconds": round(seconds, 1),
        "megabytes_before": round(before, 1),
        "megabytes_most": round(max(most for _, most in steps), 1),
        "found": float("kestrel" in answers[0].text),
    }


def main() -> None:
    """Measure, print, write dated JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--asks", type=int, default=100_000)
    parser.add_argument("--real", type=int, default=3_000)
    parser.add_argument("--characters", type=int, default=10_000_000)
    parser.add_argument("--name", default="memory", help="of the file in results/")
    options = parser.parse_args()
    values: dict[str, object] = {}
    if options.asks:
        values["toy_engine_megabytes_after_asks"] = stream("toy", options.asks)
    if options.real:
        values["engine_megabytes_after_asks"] = stream(None, options.real)
    if options.characters:
        values["long_ask"] = long_ask(None, options.characters)
    record(options.name, values)


if __name__ == "__main__":
    main()
