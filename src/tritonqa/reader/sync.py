"""The reader that waits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType
from typing import Self, Unpack

from tritonqa.answers import Answers
from tritonqa.progress import Step
from tritonqa.reader.base import Face, start_row
from tritonqa.reader.stream import in_order
from tritonqa.spans import AskOptions, Decoding
from tritonqa.text import Ask


class Reader(Face):
    """Ask questions of passages and read exact answers."""

    def ask(
        self,
        question: str,
        passages: str | Sequence[str],
        *,
        step: Step | None = None,
        **options: Unpack[AskOptions],
    ) -> Answers:
        """Answer a question from one passage or several.

        Options: top_k, no_answer_threshold, answerable_prior; the reader's own where not given.
        step(done, all) is called, from another thread, as the windows of a long ask are done.
        Raises InputError that names the field, EngineError.
        """
        chosen = self._backend.decoding.changed(**options)
        return self._backend.answer(Ask.of(question, passages), chosen, step=step)

    def ask_many(
        self, asks: Iterable[tuple[str, str | Sequence[str]]], **options: Unpack[AskOptions]
    ) -> Iterator[Answers]:
        """Answer a stream of (question, passages) in order, reading only a little ahead: flat memory.

        Options and errors as for ask. An ask that fails, or asks itself, raises at its place: after the
        answers to those before it; those after it are cancelled.
        """
        chosen = self._backend.decoding.changed(**options)
        return self._stream(asks, chosen)

    def _stream(
        self, asks: Iterable[tuple[str, str | Sequence[str]]], options: Decoding
    ) -> Iterator[Answers]:
        with self._backend.stream() as start:
            yield from in_order(asks, lambda row: start_row(start, row, options), self._backend.ahead)

    def close(self) -> None:
        """Let go of the reader; what still waits fails with Unavailable."""
        self._backend.close()

    def __enter__(self) -> Self:
        """Use the reader in a with block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the reader."""
        self.close()
