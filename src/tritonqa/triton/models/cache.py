"""The latest answers, given again to equal asks."""

from __future__ import annotations

import threading
from collections import OrderedDict
from concurrent.futures import Future
from typing import TypeAlias

from tritonqa.answers import Answers
from tritonqa.spans import Decoding
from tritonqa.text import Ask

Key: TypeAlias = tuple[Ask, Decoding]

_CHARACTERS = 16_000_000  # of the asks that are kept


class Cache:
    """Keep the latest answers, bounded by the characters of their asks.

    Triton's own response cache knows nothing of a request's options: top_k 3 would get the one answer kept.
    """

    def __init__(self, characters: int = _CHARACTERS) -> None:
        """Keep nothing yet."""
        self._bound, self._characters = characters, 0
        self._kept: OrderedDict[Key, Answers] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, ask: Ask, options: Decoding) -> Answers | None:
        """Return the answers to an equal ask with the same options."""
        with self._lock:
            found = self._kept.get((ask, options))
            if found is not None:
                self._kept.move_to_end((ask, options))
        return found

    def keep(self, ask: Ask, options: Decoding, done: Future[Answers]) -> None:
        """Keep the answers that a future holds, if it holds any."""
        if not done.cancelled() and done.exception() is None:
            self.put(ask, options, done.result())

    def put(self, ask: Ask, options: Decoding, answers: Answers) -> None:
        """Keep answers; those that were not asked for longest go."""
        with self._lock:
            if self._kept.setdefault((ask, options), answers) is not answers:
                return
            self._characters += _size(ask)
            while self._characters > self._bound:
                (oldest, _), _ = self._kept.popitem(last=False)
                self._characters -= _size(oldest)


def _size(ask: Ask) -> int:
    return len(ask.question) + sum(map(len, ask.passages))
