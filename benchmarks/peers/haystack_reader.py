"""Haystack's TransformersExtractiveReader, one document a question."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from haystack import Document
from haystack_integrations.components.readers.transformers import TransformersExtractiveReader

AT_ONCE = 1


@contextmanager
def load(checkpoint: Path, folder: Path) -> Iterator[Callable[[str, str], str]]:
    """Load it."""
    reader = TransformersExtractiveReader(model=str(checkpoint), top_k=1, no_answer=False)
    reader.warm_up()

    def answer(question: str, context: str) -> str:
        answers = reader.run(query=question, documents=[Document(content=context)])["answers"]
        return answers[0].data or ""

    yield answer
