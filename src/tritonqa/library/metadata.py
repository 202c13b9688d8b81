"""What a document says of itself: names, each with its values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeAlias

Metadata: TypeAlias = Mapping[str, tuple[str, ...]]
"""author, date, keyword, language and whatever else a document names, in small letters."""

_SAME = {
    "authors": "author",
    "creator": "author",
    "created": "date",
    "published": "date",
    "keywords": "keyword",
    "tag": "keyword",
    "tags": "keyword",
    "lang": "language",
}
_NAMES, _VALUES, _LONGEST = 50, 100, 500  # of a document, of a name, characters of a value
_DAY = re.compile(r"(?:D:)?(\d{4})(?:[-/]?(\d\d)(?:[-/]?(\d\d))?)?(?!\d{1,3}(?!\d))")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def metadata_of(given: Mapping[Any, object]) -> Metadata:
    """Keep the names whose values are texts, numbers or dates, or several of them; a date as ISO 8601 has it.

    Values stand in one line each; a name that is another's, as tags are keywords, is the other's.
    """
    found: dict[str, tuple[str, ...]] = {}
    for named, value in given.items():
        name = name_of(str(named))
        values = dict.fromkeys(filter(None, (_text(name, one) for one in _several(value))))
        if name and values and name not in found and len(found) < _NAMES:
            found[name] = tuple(values)[:_VALUES]
    return found


def name_of(name: str) -> str:
    """Return the name by which a document's values are kept."""
    small = _line(name).casefold()
    return _SAME.get(small, small)


def day_of(text: str) -> str:
    """Return a date as ISO 8601 has it: a year, a month or a day ("2024-05-31"); empty for what is none.

    Read are ISO 8601, also with strokes, PDF's dates (ISO 32000-2, 7.9.4) and those of mail (RFC 5322).
    """
    if found := _DAY.match(text.strip()):
        parts = [part for part in found.groups() if part]
    else:
        try:
            parts = parsedate_to_datetime(text).date().isoformat().split("-")
        except (TypeError, ValueError, IndexError):
            return ""
    try:
        date(*map(int, (*parts, "1", "1")[:3]))
    except ValueError:
        return ""
    return "-".join(parts)


def split_list(text: str) -> list[str]:
    """Part a list as people write it: at semicolons, or where there are none, at commas."""
    return text.split(";" if ";" in text else ",")


def split_names(text: str) -> list[str]:
    """Part authors at semicolons alone: "Lovelace, Ada" is one."""
    return text.split(";")


def record_of(metadata: Metadata) -> str:
    """Write it as JSON."""
    return json.dumps(dict(metadata), ensure_ascii=False) if metadata else ""


def read_record(record: str) -> Metadata:
    """Read what record_of wrote."""
    return {name: tuple(values) for name, values in json.loads(record).items()} if record else {}


def _several(value: object) -> Iterable[object]:
    return value if isinstance(value, (list, tuple, set)) else (value,)


def _text(name: str, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int, float, date)):
        return str(value).lower() if isinstance(value, bool) else ""
    if name == "date" or isinstance(value, date):
        return day_of(value.isoformat() if isinstance(value, (date, datetime)) else str(value))
    return _line(str(value))


def _line(text: str) -> str:
    return " ".join(_CONTROLS.sub(" ", text[: 4 * _LONGEST]).split())[:_LONGEST]
