"""Passages found → answers with their places, checked against the files."""

from __future__ import annotations

from tritonqa.library.answer.cited import Citation, CitedAnswer, CitedAnswers, Hit, Searched, Status

__all__ = ["Citation", "CitedAnswer", "CitedAnswers", "Hit", "Searched", "Status"]
