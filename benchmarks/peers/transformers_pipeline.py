"""transformers' question-answering pipeline, as it was before its removal.

Batch 1 is its best on a CPU: it pads to the longest and does not sort.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from transformers import pipeline

AT_ONCE = 1


@contextmanager
def load(checkpoint: Path, folder: Path) -> Iterator[Callable[[str, str], str]]:
    """Load it."""
    reader = pipeline("question-answering", model=str(checkpoint), tokenizer=str(checkpoint), device=-1)
    yield lambda question, context: reader(question=question, context=context)["answer"]
