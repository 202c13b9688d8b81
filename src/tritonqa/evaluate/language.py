"""A language → how its answers are normalised and cut into units before they are compared.

English is SQuAD's official script; Arabic, Chinese, German, Hindi, Spanish and Vietnamese MLQA's (Lewis et
al. 2020); Korean by characters as KorQuAD's. Others follow MLQA's way with articles of their own, or compare
characters where words are not spaced.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from unicodedata import category

from tritonqa.errors import InputError

_ASCII = str.maketrans("", "", string.punctuation)
_ARTICLES = {
    "en": r"\b(a|an|the)\b",
    "es": r"\b(un|una|unos|unas|el|la|los|las)\b",
    "de": r"\b(ein|eine|einen|einem|eines|einer|der|die|das|den|dem|des)\b",
    "fr": r"\b(un|une|des|le|la|les|du|de la)\b|\b(l|d)['’]",
    "it": r"\b(il|lo|la|i|gli|le|un|uno|una)\b|\b(l|un)['’]",
    "pt": r"\b(o|a|os|as|um|uma|uns|umas)\b",
    "nl": r"\b(de|het|een)\b",
    "ar": r"ال",
    "vi": r"\b(của|là|cái|chiếc|những)\b",
}
_BY_CHARACTER = frozenset({"ja", "ko", "th", "lo", "km", "my"})
_OF_KORQUAD = re.compile(r"['\"《》<>〈〉()‘’]")
_HAN = re.compile(r"[\u4e00-\u9fa5]")
_OTHERS = frozenset(
    {"zh", "hi", "ru", "tr", "pl", "fi", "sv", "da", "no", "cs", "el", "he", "fa", "id", "uk", "ro", "hu"}
)
LANGUAGES = tuple(sorted({*_ARTICLES, *_BY_CHARACTER, *_OTHERS}))


@dataclass(frozen=True, slots=True)
class Language:
    """A language by its ISO 639-1 code."""

    code: str = "en"

    def __post_init__(self) -> None:
        """Raise InputError for a language whose rules are not known."""
        if self.code not in LANGUAGES:
            raise InputError(f"language {self.code!r} is unknown; choose one of {', '.join(LANGUAGES)}")

    @property
    def by_character(self) -> bool:
        """Whether characters are compared in place of words."""
        return self.code in _BY_CHARACTER

    def normalise(self, text: str) -> str:
        """Lower the case, drop punctuation and articles, join words by one space.

        Each Chinese character is a word, as MLQA cuts them, and so is a run of others. English drops ASCII's
        punctuation alone, as the official script does; Korean that and what KorQuAD's script names, which
        parts words; others Unicode's.
        """
        plain = text.lower()
        if self.code == "ko":
            return " ".join(_OF_KORQUAD.sub(" ", plain).translate(_ASCII).split())
        articles = _ARTICLES.get(self.code)
        if self.code == "en":
            plain = plain.translate(_ASCII)
        else:
            if articles and "'" in articles:  # elisions go before the apostrophe does
                plain = re.sub(articles, " ", plain)
            plain = "".join(c for c in plain if category(c)[0] != "P" and c not in string.punctuation)
        if self.code == "zh":
            plain = _HAN.sub(r" \g<0> ", plain)
        return " ".join((re.sub(articles, " ", plain) if articles else plain).split())

    def units(self, text: str) -> list[str]:
        """Cut a text, normalised, into the units that F1 counts."""
        plain = self.normalise(text)
        return [c for c in plain if not c.isspace()] if self.by_character else plain.split()


ENGLISH = Language()
