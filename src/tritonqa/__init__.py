"""Extractive question answering: exact, cited answers from a checkpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tritonqa.lazy import lazily

if TYPE_CHECKING:
    from tritonqa.answers import Answer, Answers
    from tritonqa.errors import TritonQAError
    from tritonqa.features import Windowing
    from tritonqa.integrations.transformers import pipeline
    from tritonqa.library.library import Library
    from tritonqa.reader import AsyncReader, Reader
    from tritonqa.spans import Decoding
    from tritonqa.text import Passage

__all__ = [
    "Answer",
    "Answers",
    "AsyncReader",
    "Decoding",
    "Library",
    "Passage",
    "Reader",
    "TritonQAError",
    "Windowing",
    "pipeline",
]
__version__ = "0.1.0"

__getattr__ = lazily(  # importing tritonqa does no work
    __name__,
    {
        "Answer": "answers",
        "Answers": "answers",
        "AsyncReader": "reader",
        "Decoding": "spans",
        "Library": "library.library",
        "Passage": "text",
        "Reader": "reader",
        "TritonQAError": "errors",
        "Windowing": "features",
        "pipeline": "integrations.transformers",
    },
)
