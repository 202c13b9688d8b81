"""Where a character, as people see it, ends: behind the marks that belong to it."""

from __future__ import annotations

from unicodedata import category

_JOINER, _NON_JOINER = "\u200d", "\u200c"
_SKIN = range(0x1F3FB, 0x1F400)


def end_of_grapheme(text: str, at: int) -> int:
    """Move a cut on while what follows belongs to the character before it.

    Tokenizers that strip accents leave combining marks out of their tokens' characters. Source: Unicode's UAX
    29, rules GB9, GB9a and GB11, by general category.
    """
    while 0 < at < len(text) and _belongs(text[at - 1], text[at]):
        at += 1
    return at


def _belongs(before: str, character: str) -> bool:
    kind = category(character)
    extends = kind[0] == "M" or character in (_JOINER, _NON_JOINER) or ord(character) in _SKIN
    return extends or (before == _JOINER and kind == "So")
