"""A text that quotes, Markdown or plain → its quotations."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tritonqa.library.verify.normalise import UNSPACED
from tritonqa.library.verify.quotation import Quoted

_PAIRS = (
    ("\u201c", "\u201d\u201c"),
    ("\u201e", "\u201c\u201d"),
    ("\u201d", "\u201d"),
    ("\u00ab", "\u00bb"),
    ("\u00bb", "\u00ab"),
    ("\u300c", "\u300d"),
    ("\u300e", "\u300f"),
    ("\u2039", "\u203a"),
    ("\u2018", "\u2019"),
    ('"', '"'),
)
_NO_WORD = rf"(?<![^\W{UNSPACED.pattern[1:-1]}])"  # stands before; scripts without spaces have none there
_OPENS = re.compile(
    rf"{_NO_WORD}[\u201c\u201d\u201e\u00ab\u00bb\u2039\u2018\"](?=[^\s])"
    rf"|{_NO_WORD}\u00ab\s|[\u300c\u300e]"
)
_FENCE = re.compile(r"^ {0,3}(```|~~~).*?(?:^ {0,3}\1[`~]*\s*?$|\Z)", re.MULTILINE | re.DOTALL)
_FRONT = re.compile(
    r"\A\ufeff?---[ \t\r]*\n[\w-]+[ \t]*:.*?^(?:---|\.\.\.)[ \t\r]*$", re.MULTILINE | re.DOTALL
)
_TAG = re.compile(r"<[A-Za-z][\w-]*(?:\s+[\w:-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))+\s*/?>")
_TITLE = re.compile(r"(?<=\]\()[^()\s]*\s+\"[^\"\n]*\"(?=\))")  # of a link or a picture
_NO_WORDS = (_FRONT, _FENCE, _TAG, _TITLE)
_EMPTY_LINE = re.compile(r"\n[^\S\n]*\n")
_BLOCK = re.compile(r"^ {0,3}>.*(?:\n {0,3}>.*)*", re.MULTILINE)
_MARK = re.compile(r"^ {0,3}> ?", re.MULTILINE)
_SOURCE = re.compile(r"^\s*(?:[\u2014\u2013]|--+)\s?\S.*\Z", re.MULTILINE)
_PARAGRAPH = re.compile(r"\S.*?(?=\n\s*\n|\Z)", re.DOTALL)
_SENTENCE = re.compile(r"[^\s#>*-].*?(?:[.!?](?=\s|\Z)|[\u3002\uff01\uff1f]|(?=\n\s*\n|\Z))", re.DOTALL)
_LONGEST = 5000  # characters to the closing mark


def quotations(text: str, min_words: int = 1) -> list[Quoted]:
    """Return what stands between quotation marks, and the paragraphs of block quotes, in order.

    Marks may be straight or curly, low and high, guillemets either way, or corner brackets; a quotation ends
    before an empty line. Code blocks, front matter, and what tags and links hold in marks are left out, and
    quotations of less than min_words words.
    """
    text = _words_alone(text)
    blocks = [found for block in _BLOCK.finditer(text) for found in _of_block(block[0], block.start())]
    plain = _BLOCK.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
    found = sorted([*blocks, *_between_marks(plain)], key=lambda one: one.start)
    return [one for one in found if _words(one.text) >= max(min_words, 1)]


def sentences(text: str, min_words: int = 1) -> list[Quoted]:
    """Return every sentence, for a text that claims without quotation marks."""
    text = _words_alone(text)
    found = (Quoted(one[0].strip(), one.start(), one.end()) for one in _SENTENCE.finditer(text))
    return [one for one in found if _words(one.text) >= max(min_words, 1)]


def _words_alone(text: str) -> str:
    """Blank out what is not said, character by character."""
    for kind in _NO_WORDS:
        text = kind.sub(lambda found: " " * len(found[0]), text)
    return text


def _of_block(block: str, place: int) -> Iterator[Quoted]:
    """Give the paragraphs of a block quote without its marks; a last line that names the source is none."""
    inner = _SOURCE.sub("", _MARK.sub("", block))
    start = place + len(_MARK.match(block)[0])  # type: ignore[index]
    for paragraph in _PARAGRAPH.finditer(inner):
        words = paragraph[0].strip()
        for opening, closing in _PAIRS:
            if words[:1] == opening and words[-1:] in closing and len(words) > 1:
                words = words[1:-1].strip()
                break
        yield Quoted(words, start, place + len(block))


def _between_marks(text: str) -> Iterator[Quoted]:
    place = 0
    while opens := _OPENS.search(text, place):
        start = opens.start() + 1
        end = _closing(
            text, start, next(closing for mark, closing in _PAIRS if mark == opens[0][0]), opens[0][0]
        )
        if end < 0:
            place = start
        else:
            yield Quoted(text[start:end].strip(), start, end)
            place = end + 1


def _closing(text: str, start: int, closing: str, opening: str) -> int:
    """Return where a quotation ends, -1 where it does not before its paragraph does."""
    stop = min(len(text), start + _LONGEST)
    if empty := _EMPTY_LINE.search(text, start, stop):
        stop = empty.start()
    depth = 0
    for place in range(start, stop):
        character = text[place]
        if character in closing and (depth or _ends(text, place)):
            if not depth:
                return place
            depth -= 1
        elif character == opening and opening not in closing:
            depth += 1
    return -1


def _ends(text: str, place: int) -> bool:
    """Tell a closing mark from an apostrophe, or an inch from what is quoted."""
    following = text[place + 1 : place + 2]
    return text[place] not in "'\u2019\"\u201c" or not (following.isalnum() and following.isascii())


def _words(text: str) -> int:
    return len(re.findall(r"\w+", text))
