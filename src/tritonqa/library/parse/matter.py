"""Markdown → the YAML above it: a title, and what else the document says of itself."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from tritonqa.errors import MissingExtra
from tritonqa.library.metadata import Metadata, metadata_of

_MATTER = re.compile(r"\A---[ \t]*\r?\n(.{,65536}?)^(?:---|\.\.\.)[ \t]*\r?$", re.MULTILINE | re.DOTALL)
_TITLE = re.compile(r"^title:[ \t]*[\"']?(.+?)[\"']?[ \t]*\r?$", re.MULTILINE)


class Matter(NamedTuple):
    """What stands above a text, in so many of its first characters."""

    length: int
    title: str
    metadata: Metadata


def matter_of(text: str) -> Matter:
    """Read it; a title too where the rest is no YAML. Lines that only stand between two rules are none."""
    found = _MATTER.match(text)
    if found is None:
        return Matter(0, "", {})
    said, title = _loaded(found[1]), _TITLE.search(found[1])
    if not said and title is None and found[1].strip():
        return Matter(0, "", {})
    metadata = metadata_of({name: value for name, value in said.items() if name != "title"})
    return Matter(found.end(), title[1] if title else "", metadata)


def _loaded(matter: str) -> dict[Any, Any]:
    """Return a mapping; an empty one for what is none."""
    try:
        import yaml
    except ImportError as error:
        raise MissingExtra("pyyaml", "library") from error
    try:
        said = yaml.safe_load(matter)
    except (yaml.YAMLError, ValueError, TypeError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
