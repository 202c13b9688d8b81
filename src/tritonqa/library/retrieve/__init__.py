"""A question → the passages that may answer it."""

from __future__ import annotations

from tritonqa.library.retrieve.hybrid import Retrieved, retrieve

__all__ = ["Retrieved", "retrieve"]
