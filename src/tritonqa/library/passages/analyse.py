"""Text → terms: the words as search counts them."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING
from unicodedata import normalize

from tritonqa.errors import MissingExtra

if TYPE_CHECKING:
    from Stemmer import Stemmer

ANALYSER = "words-bigrams-porter2/2"
"""Names what terms are; a library keeps it, and one of another analyser is rebuilt before it is searched."""

# Scripts written without spaces between words: Thai to Myanmar, Khmer, kana and Han, hangul.
_DENSE = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005\u3041-\u30ff"
    r"\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\U00020000-\U0003ffff"
)
# Marks that Python's \w leaves out although words hold them: accents, Hebrew, Arabic, India's scripts, Tibet.
_MARKS = (
    r"\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f"
    r"\u0670\u06d6-\u06ed\u0900-\u0963\u0966-\u0dff\u0f18-\u0fbc"
)
_RUN = re.compile(rf"[{_DENSE}]+|(?:(?![{_DENSE}_])[\w{_MARKS}])+")
_IS_DENSE = re.compile(rf"[{_DENSE}]")
_ACCENTED = re.compile("[\u00c0-\u024f\u1e00-\u1eff]")
_ACCENT = re.compile("(?<=[a-z\u00df-\u024f])[\u0300-\u036f]+")

STOP = frozenset(
    "a an and are as at be been but by did do does for from had has have he her his how i if in into is it "
    "its me my no not of on or our she so such that the their them then there these they this to was we "
    "were what when where which who whom whose why will with would you your".split()
)
"""Words of English that say little; a question is searched without them, unless it has no others."""


def analyse(text: str) -> list[str]:
    """Return the terms of a text, in order.

    Words are folded (NFKC, case, accents of Latin script) and, where they are plain ASCII, stemmed as English
    (Porter 2). Scripts without spaces give pairs of neighbouring characters, and a lone character itself.
    """
    folded = text.lower() if text.isascii() else normalize("NFKC", text).casefold()
    if not folded.isascii():
        folded = _ACCENT.sub("", _ACCENTED.sub(lambda letter: normalize("NFD", letter[0]), folded))
    terms: list[str] = []
    words: list[int] = []
    for run in _RUN.findall(folded):
        if run.isascii():
            words.append(len(terms))
            terms.append(run)
        elif _IS_DENSE.match(run):
            terms += [run[i : i + 2] for i in range(max(len(run) - 1, 1))]
        else:
            terms.append(run)
    for at, stem in zip(words, _stemmer().stemWords([terms[at] for at in words]), strict=True):
        terms[at] = stem
    return terms


def query_terms(question: str) -> list[str]:
    """Return the distinct terms of a question that are worth searching for."""
    terms = list(dict.fromkeys(analyse(question)))
    return [term for term in terms if term not in _stop_terms()] or terms


@cache
def _stop_terms() -> frozenset[str]:
    return frozenset(analyse(" ".join(STOP)))


@cache
def _stemmer() -> Stemmer:
    try:
        from Stemmer import Stemmer
    except ImportError as error:
        raise MissingExtra("PyStemmer", "library") from error
    return Stemmer("english")
