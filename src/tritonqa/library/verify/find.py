"""A quotation's words in a document: as they are, or the nearest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tritonqa.library.verify.normalise import ESCAPE, LINK, UNSPACED, Normalised, normalise

REACH = 2000
"""Characters that an omission may leave out."""

_GAP = re.compile(r"\s*(?:\[[^\]]*\]|\(\s*(?:\.\.\.|\u2026)\s*\)|\.\.\.+|\.\s\.\s\.|\u2026)\s*")
_LETTER = re.compile(r"\[(\w)\](?=\w)")
_NUMBER = re.compile(r"\d[.,]\d")
_TRIED = 200  # places of the first fragment from which the others are looked for


@dataclass(frozen=True, slots=True)
class Wanted:
    """A quotation as it is looked for, in normal form: whole, the likeliest first, and in fragments."""

    whole: tuple[str, ...]
    fragments: tuple[str, ...]


def wanted(text: str) -> Wanted:
    """Return what to look for.

    A point or comma at the end may be of who quotes; the letter in "[T]he" large or small in the document;
    "…", "[…]" and what else stands in brackets part the fragments; a backslash before a mark may be
    Markdown's.
    """
    text = LINK.sub(r"\1", text)
    written, text = text, ESCAPE.sub(r"\1", text)
    whole = [normalise(one).text.strip() for one in dict.fromkeys((text, written))]
    if _LETTER.search(text):
        whole += [normalise(_LETTER.sub(change, text)).text.strip() for change in (_same, _swapped)]
    whole += [one.rstrip(" ,;:.!?") for one in whole]
    fragments = (normalise(part).text.strip(" ,;:.") for part in _GAP.split(text))
    return Wanted(tuple(dict.fromkeys(whole)), tuple(part for part in fragments if re.search(r"\w", part)))


def _same(letter: re.Match[str]) -> str:
    return letter[1]


def _swapped(letter: re.Match[str]) -> str:
    return letter[1].swapcase()


def places(sought: Wanted, document: Normalised) -> tuple[int, int] | None:
    """Return the characters of the normal form at which a quotation stands word for word."""
    for whole in sought.whole:
        for start in occurrences(whole, document.text):
            return start, start + len(whole)
    return _chain(sought.fragments, document.text)


def occurrences(words: str, text: str, start: int = 0, end: int | None = None) -> Iterator[int]:
    """Give the places at which words stand, not in the middle of others."""
    stop = len(text) if end is None else end
    place = text.find(words, start, stop) if words else -1
    while place >= 0:
        if not cuts(text, place) and not cuts(text, place + len(words)):
            yield place
        place = text.find(words, place + 1, stop)


def cuts(text: str, place: int) -> bool:
    """Tell whether a place is inside a word or a number; scripts without spaces have no inside."""
    if any(_NUMBER.match(text, at) for at in (place - 2, place - 1) if at >= 0):
        return True
    around = text[max(place - 1, 0) : place + 1]
    return len(around) == 2 and around.isalnum() and not UNSPACED.search(around)


def _chain(fragments: tuple[str, ...], text: str) -> tuple[int, int] | None:
    """Return where fragments stand one after the other, each within reach of the one before."""
    for tried, start in enumerate(occurrences(fragments[0], text) if fragments else ()):
        if tried == _TRIED:
            break
        end = start + len(fragments[0])
        for fragment in fragments[1:]:
            following = next(occurrences(fragment, text, end, end + REACH + len(fragment)), None)
            if following is None:
                break
            end = following + len(fragment)
        else:
            return start, end
    return None
