"""Extractive question answering: exact, cited answers from a checkpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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

_ROOMS = {
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
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that importing tritonqa does no work."""
    if name not in _ROOMS:
        raise AttributeError(f"module 'tritonqa' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"tritonqa.{_ROOMS[name]}"), name)
