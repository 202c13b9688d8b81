"""What happened to each ask, as it happens and as arrays."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from tritonqa.answers import Answers
from tritonqa.errors import Unavailable

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]

FAILED = -1
_GIVE_UP = 32  # asks in a row to a place where nothing answers


def fingerprint(answers: Answers) -> int:
    """Return a number for the best answer's passage, place and text, the same in every process."""
    if not answers.items:
        return 0
    best = answers.items[0]
    place = hash((best.passage, best.start, best.end)) & 0xFFFFFFFF  # of numbers: the same everywhere
    return zlib.crc32(best.text.encode("utf-8", "replace"), place)


@dataclass(frozen=True, slots=True)
class Samples:
    """n asks of a round: their numbers, when each was due, sent and done (seconds of perf_counter).

    answers holds fingerprints, FAILED for asks that got an error; faults counts those by what they said.
    seconds is how long asks came; begin when the first could; gone says what ended the round early.
    """

    begin: float
    seconds: float
    number: Ints
    due: Floats
    sent: Floats
    done: Floats
    answers: Ints
    faults: Counter[str] = field(default_factory=Counter)
    gone: str | None = None

    def __len__(self) -> int:
        """Count the asks."""
        return len(self.number)

    @property
    def good(self) -> npt.NDArray[np.bool_]:
        """Say of each ask [n] whether it was answered."""
        return np.not_equal(self.answers, FAILED)


def joined(parts: Sequence[Samples]) -> Samples:
    """Put together what client processes saw in the same round."""
    fields = ("number", "due", "sent", "done", "answers")
    arrays = {name: np.concatenate([getattr(part, name) for part in parts]) for name in fields}
    faults = sum((part.faults for part in parts), Counter[str]())
    gone = next((part.gone for part in parts if part.gone), None)
    return Samples(parts[0].begin, parts[0].seconds, **arrays, faults=faults, gone=gone)


class Recorder:
    """Note each ask as it ends, from any thread."""

    def __init__(self, begin: float) -> None:
        """Begin a round at this time of perf_counter."""
        self.begin = begin
        self.gone: str | None = None
        self._rows: list[tuple[int, float, float, float, int]] = []
        self._faults: Counter[str] = Counter()
        self._in_a_row = 0

    def __len__(self) -> int:
        """Count the asks that ended."""
        return len(self._rows)

    def answered(self, number: int, due: float, sent: float, answers: Answers) -> None:
        """Note an ask that was answered now."""
        self._rows.append((number, due, sent, perf_counter(), fingerprint(answers)))
        self._in_a_row = 0

    def failed(self, number: int, due: float, sent: float, error: BaseException) -> None:
        """Note an ask that failed now; many in a row where nothing answers end the round."""
        self._rows.append((number, due, sent, perf_counter(), FAILED))
        said = f"{type(error).__name__}: {error}"
        self._faults[said[:200]] += 1
        self._in_a_row += isinstance(error, Unavailable)
        if self._in_a_row >= _GIVE_UP:
            self.gone = said

    def samples(self, seconds: float) -> Samples:
        """Return all that was noted in a round of so many seconds."""
        rows = sorted(self._rows, key=lambda row: row[3])
        table = np.array(rows, np.float64).reshape(-1, 5)
        number, due, sent, done, answers = table.T
        whole = (number.astype(np.int64), due, sent, done, answers.astype(np.int64))
        return Samples(self.begin, seconds, *whole, self._faults.copy(), self.gone)
