"""Question → as people type it: in lower case, without its mark, with a slip of the finger."""

from __future__ import annotations

import re

import numpy as np

_LONG_WORD = re.compile(r"[^\W\d_]{4,}")


def careless(question: str, random: np.random.Generator) -> str:
    """Apply one or more of lower case, no question mark and one slip, drawn at random."""
    lower, bare, slipped = _some(random)
    if lower:
        question = question.lower()
    if bare:
        question = question.rstrip().removesuffix("?").rstrip() or question
    return slip(question, random) if slipped else question


def slip(text: str, random: np.random.Generator) -> str:
    """Swap, drop or double a letter inside one word of at least four; a text without such a word stays."""
    found = [match.span() for match in _LONG_WORD.finditer(text)]
    if not found:
        return text
    start, end = found[int(random.integers(len(found)))]
    at = int(random.integers(start + 1, end - 1))
    first, second = text[at], text[at + 1]
    instead = (second + first, second, first + first + second)[int(random.integers(3))]
    return text[:at] + instead + text[at + 2 :]


def _some(random: np.random.Generator) -> tuple[bool, bool, bool]:
    """Draw one of the seven ways to do at least one of three things."""
    drawn = int(random.integers(1, 8))
    return bool(drawn & 1), bool(drawn & 2), bool(drawn & 4)
