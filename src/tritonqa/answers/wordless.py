"""Words that answer nothing by themselves."""

from __future__ import annotations

from unicodedata import category

_ARTICLES = frozenset({"a", "an", "An", "the", "The", "THE"})  # "A" may be a grade, a blood type, a vitamin


def is_wordless(text: str) -> bool:
    """Say whether a text is punctuation alone, or an article."""
    return text in _ARTICLES or all(category(character)[0] in "PZC" for character in text)
