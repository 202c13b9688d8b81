"""Text of strangers → what may be shown."""

from __future__ import annotations

import re

_ODD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202d\u202e\ud800-\udfff]")


def plain(text: str) -> str:
    """Show control characters, half surrogate pairs and overrides of direction as U+FFFD, one for one.

    An override lets words be read in another order than they have.
    """
    return _ODD.sub("\ufffd", text)
