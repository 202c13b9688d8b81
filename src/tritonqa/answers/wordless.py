"""Words that answer nothing by themselves."""

from __future__ import annotations

from unicodedata import category

_ARTICLES = frozenset({"a", "an", "An", "the", "The", "THE"})  # "A" may be a grade, a blood type, a vitamin


_CONTROLS = frozenset({"Cc", "Cf", "Cs"})  # not Cn and Co: emoji newer than this Python's tables, private use


def is_wordless(text: str) -> bool:
    """Say whether a text is punctuation alone, or an article."""
    return text in _ARTICLES or all(_says_nothing(category(character)) for character in text)


def _says_nothing(kind: str) -> bool:
    return kind[0] in "PZ" or kind in _CONTROLS
