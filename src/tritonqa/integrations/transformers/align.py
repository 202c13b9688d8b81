"""A span of tokens → characters of the context, widened to whole words if asked."""

from __future__ import annotations

import re

from tritonqa.features import Tokens, Window
from tritonqa.text import whole_graphemes

# Thai to Tibetan, Burmese, Khmer, kana, ideographs: written without spaces, so a "word" may be a sentence
_UNSPACED = re.compile(
    "[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)


def characters(window: Window, first: int, last: int, context: str, align: bool) -> tuple[int, int]:
    """Return where the tokens first to last, inclusive, begin and end in the context, without outer spaces.

    Widening stays in the window and in words written with spaces around them.
    """
    tokens = window.tokens
    if align:
        while first > window.start and _joined(tokens, first - 1, context):
            first -= 1
        while last + 1 < window.stop and _joined(tokens, last, context):
            last += 1
    start, end = whole_graphemes(context, int(tokens.starts[first]), int(tokens.ends[last]))
    text = context[start:end]
    return end - len(text.lstrip()), start + len(text.rstrip())


def _joined(tokens: Tokens, at: int, context: str) -> bool:
    """Say whether this token and the next belong to one word, of a script that is written with spaces."""
    if not tokens.words[at] == tokens.words[at + 1] >= 0:
        return False
    return not _UNSPACED.search(context, int(tokens.starts[at]), int(tokens.ends[at + 1]))
