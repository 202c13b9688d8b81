"""The reader that waits."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from types import TracebackType

from tritonqa.answers import Answers
from tritonqa.features import Windowing
from tritonqa.reader.backend import Backend
from tritonqa.reader.load import PACKAGED, load
from tritonqa.spans import Decoding
from tritonqa.text import Ask


class Reader:
    """Ask questions of passages and read exact answers."""

    def __init__(self, backend: Backend | None = None) -> None:
        """Load the packaged reader, or take one that is open."""
        self._backend = backend or load(PACKAGED)

    @classmethod
    def load(
        cls,
        name: str = PACKAGED,
        *,
        engine: str | None = None,
        precision: str | None = None,
        windowing: Windowing | None = None,
        decoding: Decoding | None = None,
    ) -> Reader:
        """Load a reader by name: a bundle's folder, an installed model package, or the address of a Triton.

        Raises BundleError, EngineError, MissingExtra, InputError.
        """
        return cls(load(name, engine, precision, windowing, decoding))

    def ask(
        self,
        question: str,
        passages: str | Sequence[str],
        *,
        top_k: int | None = None,
        no_answer_threshold: float | None = None,
        answerable_prior: float | None = None,
    ) -> Answers:
        """Answer a question from one passage or several; options not given are the reader's.

        Raises InputError that names the field, EngineError.
        """
        options = self._backend.options(
            top_k=top_k, no_answer_threshold=no_answer_threshold, answerable_prior=answerable_prior
        )
        return self._backend.start(Ask.of(question, passages), options).result()

    def ask_many(
        self,
        asks: Iterable[tuple[str, str | Sequence[str]]],
        *,
        top_k: int | None = None,
        no_answer_threshold: float | None = None,
        answerable_prior: float | None = None,
    ) -> Iterator[Answers]:
        """Answer a stream of (question, passages) in order, reading only a little ahead: flat memory."""
        options = self._backend.options(
            top_k=top_k, no_answer_threshold=no_answer_threshold, answerable_prior=answerable_prior
        )
        return self._stream(asks, options)

    def _stream(
        self, asks: Iterable[tuple[str, str | Sequence[str]]], options: Decoding
    ) -> Iterator[Answers]:
        ahead: deque[Future[Answers]] = deque()
        try:
            for question, passages in asks:
                ahead.append(self._backend.start(Ask.of(question, passages), options))
                while ahead and (len(ahead) > self._backend.ahead or ahead[0].done()):
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            for future in ahead:
                future.cancel()

    def close(self) -> None:
        """Stop the engine's streams."""
        self._backend.close()

    def __enter__(self) -> Reader:
        """Use the reader in a with block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the reader."""
        self.close()
