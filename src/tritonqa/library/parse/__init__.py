"""Documents → text with places: one file a format, each parsed apart from us."""

from __future__ import annotations

from tritonqa.library.parse.apart import excerpt_apart, parse_apart, picture_apart
from tritonqa.library.parse.kinds import kind_of, kinds
from tritonqa.library.parse.options import ParseOptions
from tritonqa.library.parse.run import LAID_OUT, excerpt, parse

__all__ = [
    "LAID_OUT",
    "ParseOptions",
    "excerpt",
    "excerpt_apart",
    "kind_of",
    "kinds",
    "parse",
    "parse_apart",
    "picture_apart",
]
