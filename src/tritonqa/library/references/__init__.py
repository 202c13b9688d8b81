"""Cited answers → what a text or a bibliography takes over: quotations with their sources."""

from __future__ import annotations

from collections.abc import Callable

from tritonqa.checks import one_of
from tritonqa.library.answer import CitedAnswers
from tritonqa.library.references.bibtex import bibtex
from tritonqa.library.references.csl import csl
from tritonqa.library.references.markdown import markdown

FORMATS: dict[str, Callable[[CitedAnswers], str]] = {"markdown": markdown, "csl": csl, "bibtex": bibtex}


def references(answers: CitedAnswers, form: str = "markdown") -> str:
    """Write answers with their sources: Markdown that quotes them, or CSL-JSON or BibTeX entries.

    Each place of a document is an entry of its own, with its page. Raises InputError for another form.
    """
    return FORMATS[one_of("form", form, tuple(FORMATS))](answers)


__all__ = ["FORMATS", "references"]
