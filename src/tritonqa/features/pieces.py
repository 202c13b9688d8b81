"""A long text → pieces that can be tokenised one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tokenizers import Tokenizer

LONG = 100_000  # characters of a piece

_BETWEEN_WORDS = re.compile(r"(?<=[A-Za-z0-9]) (?=[A-Za-z0-9])")
_ACROSS_WORDS = re.compile(r"[^ ▁Ġ][ ▁Ġ]+[^ ▁Ġ]")


def pieces(text: str, length: int = LONG) -> Iterator[tuple[int, str]]:
    """Cut a text before single spaces between plain words, about every length characters: (offset, piece)."""
    begin = 0
    while len(text) - begin > length and (space := _BETWEEN_WORDS.search(text, begin + length)):
        yield begin, text[begin : space.start()]
        begin = space.start()
    yield begin, text[begin:]


def is_local(tokenizer: Tokenizer) -> bool:
    """Say whether the tokenizer treats pieces as it treats the whole.

    None of its tokens may reach across a space (written ▁ or Ġ by some), and it may neither strip nor
    prepend.
    """
    if any(map(_ACROSS_WORDS.search, tokenizer.get_vocab(with_added_tokens=True))):
        return False
    whole, left, right = (tokenizer.encode(text, add_special_tokens=False) for text in ("a b", "a", " b"))
    moved = [(start + 1, end + 1) for start, end in right.offsets]
    return bool(whole.ids == left.ids + right.ids and whole.offsets == left.offsets + moved)
