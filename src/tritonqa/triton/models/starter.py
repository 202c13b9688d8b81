"""A request's asks → one future of all their answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future
from functools import partial

from tritonqa.answers import Answers
from tritonqa.errors import InputError, Overloaded
from tritonqa.futures import completed, gather
from tritonqa.reader.in_process import InProcess
from tritonqa.spans import Decoding
from tritonqa.text import Ask
from tritonqa.triton.models.cache import Cache


class Starter:
    """Start asks on the reader, but for those whose answers are known."""

    def __init__(
        self,
        reader: InProcess,
        cache: Cache | None,
        is_cancelled: Callable[[str], bool],
        on_cached: Callable[[], None],
    ) -> None:
        """Take the reader; on_cached is called for each ask whose answers are known."""
        self._reader, self._cache = reader, cache
        self._is_cancelled, self._on_cached = is_cancelled, on_cached

    def start(
        self, stream: str, asks: Sequence[Ask], options: Decoding, deadline: float
    ) -> Future[list[Answers]]:
        """Start the asks of a request, to wait for deadline seconds; where one can't, the others are dropped.

        Raises Overloaded, InputError for more asks than may ever wait, CancelledError for a cancelled stream.
        """
        futures, idle = list[Future[Answers]](), not self._reader.flow.waiting
        try:
            for ask in asks:
                futures.append(self._start(stream, ask, options, deadline))
        except Exception as error:
            for future in futures:
                future.cancel()
            if isinstance(error, Overloaded) and idle and len(asks) > 1:
                raise InputError(
                    f"question: {len(asks)} need more windows than may wait; send fewer"
                ) from error
            raise
        return gather(futures)

    def _start(self, stream: str, ask: Ask, options: Decoding, deadline: float) -> Future[Answers]:
        if self._is_cancelled(stream):
            raise CancelledError
        if self._cache is not None and (known := self._cache.get(ask, options)) is not None:
            self._on_cached()
            return completed(known)
        future = self._reader.start(ask, options, timeout=0, deadline=deadline)
        if self._cache is not None:
            future.add_done_callback(partial(self._cache.keep, ask, options))
        return future
