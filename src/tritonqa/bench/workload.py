"""What is asked: SQuAD's own mix of lengths, a file, or passages of lengths that were asked for."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from itertools import islice
from pathlib import Path

from tritonqa.datasets import batch_file, load_squad
from tritonqa.errors import InputError
from tritonqa.text import Ask

MOST = 10_000  # asks that are taken from a file
_MADE = 64  # generated asks


@dataclass(frozen=True, slots=True)
class Workload:
    """Asks that are asked in turn, again and again.

    fresh: from the second turn on a passage ends in one more space each time, so that no cache of texts, here
    or on a server, has seen it; its tokens stay the same for most tokenizers.
    """

    name: str
    asks: tuple[Ask, ...] = field(repr=False)
    fresh: bool = True

    def __post_init__(self) -> None:
        """Raise InputError for a workload without asks."""
        if not self.asks:
            raise InputError(f"{self.name} holds no asks; give a file with at least one question")

    def __len__(self) -> int:
        """Count the asks of a turn."""
        return len(self.asks)

    def __getitem__(self, number: int) -> Ask:
        """Return the ask of this number, from 0 on without end."""
        turn, index = divmod(number, len(self.asks))
        ask = self.asks[index]
        if not turn or not self.fresh:
            return ask
        return Ask(ask.question, tuple(passage + " " * turn for passage in ask.passages))


def squad_sample(*, fresh: bool = True) -> Workload:
    """Return 240 asks of SQuAD 1.1's dev set, the passages' lengths spread as those of all are."""
    packed = files("tritonqa.bench").joinpath("data/squad-sample.jsonl.gz").read_bytes()
    rows = map(json.loads, gzip.decompress(packed).decode("utf-8").splitlines())
    return Workload("SQuAD's mix of lengths", tuple(Ask.of(**row) for row in rows), fresh)


def asks_of_file(path: Path, *, fresh: bool = True) -> Workload:
    """Read asks: JSON lines of {"question", "passages"} as `ask --batch` takes, or a file of a dataset.

    Raises InputError that names the file, and the line or field that is wrong.
    """
    if _is_batch(path):
        asks = tuple(line.ask for line in islice(batch_file.asks(path), MOST))
    else:
        examples = load_squad(path).examples[:MOST]
        asks = tuple(Ask.of(example.question, example.context) for example in examples)
    return Workload(path.name, asks, fresh)


def generated(words: Sequence[int], *, fresh: bool = True) -> Workload:
    """Make asks over passages of these lengths in words, in turn; the words are those of SQuAD's sample."""
    if not words or min(words) < 1:
        raise InputError("words must be lengths of at least 1 word")
    draw = random.Random(0)
    sample = squad_sample().asks
    pool = [word for ask in sample for passage in ask.passages for word in passage.split()]
    asks = []
    for number in range(max(_MADE, len(words))):
        begin = draw.randrange(len(pool))
        count = words[number % len(words)]
        text = " ".join(pool[(begin + i) % len(pool)] for i in range(count))
        asks.append(Ask.of(sample[number % len(sample)].question, text))
    return Workload(f"passages of {', '.join(map(str, words))} words", tuple(asks), fresh)


def _is_batch(path: Path) -> bool:
    """Say whether the first line that is not blank is an ask, as `ask --batch` takes, and no example."""
    if path.suffix == ".gz":
        return False
    try:
        with path.open(encoding="utf-8-sig") as lines:
            row = json.loads(next((line for line in lines if line.strip()), "{}"))
    except (OSError, ValueError):
        return False
    return isinstance(row, dict) and "question" in row and "answers" not in row
