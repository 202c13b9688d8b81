"""A passage → the text by which it is searched."""

from __future__ import annotations


def searched_text(title: str, heading: str, described: str, text: str) -> str:
    """Return what a passage is searched by: its document's title, its headings, and its text."""
    return "\n".join(filter(None, (title, heading, described or text)))
