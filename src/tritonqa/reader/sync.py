"""The reader that waits."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from types import TracebackType
from typing import Self, Unpack

from tritonqa.answers import Answers
from tritonqa.progress import Step
from tritonqa.reader.base import BaseReader, start_row
from tritonqa.reader.stream import in_order
from tritonqa.spans import AskOptions, Decoding
from tritonqa.text import Ask, Passages, Row


class Reader(BaseReader):
    """Ask questions of passages and read exact answers."""

    def ask(
        self,
        question: str,
        passages: Passages,
        *,
        step: Step | None = None,
        **options: Unpack[AskOptions],
    ) -> Answers:
        """Answer a question from one passage or several.

        A passage is a text, a Passage or a mapping {"text", "id", "meta"}. Options are those of AskOptions;
        the reader's own where not given.
        step(done, all) is called, from another thread, as the windows of a long ask are done.
        Raises InputError that names the field, EngineError.
        """
        chosen = self.backend.decoding.changed(**options)
        return self.backend.answer(Ask.of(question, passages), chosen, step=step)

    def ask_many(self, asks: Iterable[Row], **options: Unpack[AskOptions]) -> Generator[Answers, None, None]:
        """Answer a stream of (question, passages) in order, reading only a little ahead: flat memory.

        An ask may bring options of its own: (question, passages, {"top_k": 3}). Options and errors as for
        ask. An ask that fails, or asks itself, raises at its place: after the answers to those before it;
        those after it are cancelled. An answer may be given only when the next asks have come: where each
        waits for the answer before it, take ask.
        """
        chosen = self.backend.decoding.changed(**options)
        return self._stream(asks, chosen)

    def _stream(self, asks: Iterable[Row], options: Decoding) -> Generator[Answers, None, None]:
        with self.backend.stream() as start:
            yield from in_order(asks, lambda row: start_row(start, row, options), self.backend.lookahead)

    def close(self) -> None:
        """Let go of the reader; what still waits fails with Unavailable."""
        self.backend.close()

    def __enter__(self) -> Self:
        """Use the reader in a with block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the reader."""
        self.close()
