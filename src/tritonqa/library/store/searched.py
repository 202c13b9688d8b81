"""A passage → the text by which it is searched."""

from __future__ import annotations

import json

from tritonqa.library.passages import Passage


def searched_text(title: str, heading: str, described: str, text: str) -> str:
    """Return what a passage is searched by: its document's title, its headings, and its text."""
    return "\n".join(filter(None, (title, heading, described or text)))


def searched_passage(title: str, passage: Passage) -> str:
    """Return what a passage is searched by; its headings as a library keeps them."""
    heading = json.dumps(passage.heading, ensure_ascii=False)
    return searched_text(title, heading, passage.described, passage.text)
