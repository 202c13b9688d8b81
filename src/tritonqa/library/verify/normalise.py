"""Text → the form in which quotations are compared, with the way back."""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass
from typing import Literal
from unicodedata import normalize

LINK = re.compile(r"\[([^\]^]+)\]\([^)\s]*\)")
"""A link of Markdown, and its text."""

ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
"""A mark of Markdown that a backslash keeps as it is."""

UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\U0010ffff]")
"""A character of a script whose words may begin and end anywhere: Thai to Khmer, kana, Han, hangul."""

_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_DOUBLE = '"\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033\uff02\u300c\u300d\u300e\u300f\u301d\u301e\u301f'
_SINGLE = "'\u2018\u2019\u201a\u201b\u2032\u2039\u203a\u0060\u00b4\u02bc"
_UNSEEN = "\u200b\u200c\u200d\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
_NO_SPACES = "\u2e80-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef"  # scripts that write none
_LIGATURES = "\ufb00-\ufb17\ufb50-\ufdff\ufe70-\ufefc\uff01-\uff5e"  # and full-width forms
_COMPOSED = "\u00c0-\u02ff\u0340-\u0345\u0370-\u0dff\u0f40-\u0fff\u1e00-\u1fff\u2126-\u212b\u3040-\u30ff"

_SPECIAL = re.compile(
    # What most characters are is told by one look; the alternatives are for the others.
    rf"(?=[^\w ,;:!?()\[\]{{}}/%&=+#|<>]|[_\u0080-\uffff]| (?![\w(\[]))(?:"
    rf"(?P<hyphen>(?<=[^\W\d_])(?:\u00ad[\s{_UNSEEN}]*|[-\u2010][^\S\n]*\r?\n\s*)(?=[^\W\d_]))"
    rf"|(?P<dash>\s*[{_DASHES}]+\s*)"
    rf"|(?P<none>(?<=[{_NO_SPACES}])[\s{_UNSEEN}]+(?=[{_NO_SPACES}])|^\s+|\s+\Z)"
    rf"|(?P<space>(?=[\s{_UNSEEN}])(?! \S)[\s{_UNSEEN}]*\s[\s{_UNSEEN}]*)"
    rf"|(?P<dots>\u2026|\.\s\.\s\.)"
    rf"|(?P<double>[{_DOUBLE}])|(?P<single>[{_SINGLE}])"
    rf"|(?P<unseen>[{_UNSEEN}\u00ad])"
    r"|(?P<mark>(?<!\w)[*_]+(?=\S)|(?<=\S)[*_]+(?!\w))"
    rf"|(?P<form>[{_LIGATURES}])|(?P<composed>[{_COMPOSED}]))"
)
_MARKED = re.compile(f"{LINK.pattern}|{ESCAPE.pattern}")
_LINE_END = re.compile(r"[^\W\d_](?:\u00ad|[-\u2010][^\S\n]*\r?\n)")
_WRITTEN = {
    "hyphen": "",
    "dash": "-",
    "none": "",
    "space": " ",
    "dots": "...",
    "double": '"',
    "single": "'",
    "unseen": "",
    "mark": "",
}
_DECOMPOSED: dict[str, Literal["NFKD", "NFD"]] = {"form": "NFKD", "composed": "NFD"}


@dataclass(frozen=True, slots=True)
class Normalised:
    """text[i] comes from the original's character offsets[i]."""

    text: str
    offsets: array[int]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return the range of the original that characters start to end of this text come from."""
        return self.offsets[start], self.offsets[end - 1] + 1


class _Form:
    """The normal form as far as it is written."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.offsets = array("L")

    def copy(self, text: str, start: int, end: int) -> None:
        if start < end:
            self.parts.append(text[start:end])
            self.offsets.extend(range(start, end))

    def write(self, text: str, place: int) -> None:
        if text:
            self.parts.append(text)
            self.offsets.extend([place] * len(text))


def hyphenated(text: str) -> bool:
    """Tell whether a word is hyphenated at a line's end, so that it may be meant whole or with its hyphen."""
    return _LINE_END.search(text) is not None


def normalise(text: str, hyphens: bool = False, markdown: bool = False) -> Normalised:
    """Return the form in which what is typed differently and says the same is equal; case and words are kept.

    Quotation marks become straight, dashes hyphens without spaces around them, an ellipsis three points. A
    run of white space is one space, none between characters of scripts that write none. Letters are
    decomposed (NFD), ligatures and full-width forms become their letters; what is not seen, as marks of
    direction, goes, as do Markdown's stars and underscores around words. A word hyphenated at a line's end
    is whole or, with hyphens, keeps its hyphen. Of markdown's links the text stays, and of a mark with a
    backslash before it the mark.
    """
    if markdown:
        shown = _shown(text)
        plain = normalise(shown.text, hyphens)
        return Normalised(plain.text, array("L", map(shown.offsets.__getitem__, plain.offsets)))
    form = _Form()
    end = 0
    for found in _SPECIAL.finditer(text):
        start = found.start()
        form.copy(text, end, start)
        end = found.end()
        kind = found.lastgroup or ""
        if kind in _DECOMPOSED:
            form.write(normalize(_DECOMPOSED[kind], found[0]), start)
        else:
            form.write("-" if kind == "hyphen" and hyphens else _WRITTEN[kind], start)
    form.copy(text, end, len(text))
    return Normalised("".join(form.parts), form.offsets)


def _shown(text: str) -> Normalised:
    """Leave out what Markdown does not show of links and escaped marks."""
    form = _Form()
    end = 0
    for found in _MARKED.finditer(text):
        form.copy(text, end, found.start())
        form.copy(text, *found.span(found.lastindex or 0))
        end = found.end()
    form.copy(text, end, len(text))
    return Normalised("".join(form.parts), form.offsets)
