"""Kind → what reads it, by version: what another version has read may read otherwise now."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version

READING = 3
"""Of our own code; counted up where it makes other texts, places or metadata of the same bytes."""

_LIBRARIES = {
    "pdf": "pypdfium2",
    "xlsx": "openpyxl",
    "html": "selectolax",
    "epub": "selectolax",
    "eml": "selectolax",
    "markdown": "charset-normalizer",
    "csv": "charset-normalizer",
    "jsonl": "charset-normalizer",
    "text": "charset-normalizer",
}


@cache
def parser_of(kind: str) -> str:
    """Name what reads documents of a kind here; empty where its library is not installed."""
    library = _LIBRARIES.get(kind)
    try:
        return f"{READING} {library} {version(library)}" if library else str(READING)
    except PackageNotFoundError:
        return ""
