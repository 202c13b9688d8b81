"""Plain text, character for character."""

from __future__ import annotations

from tritonqa.library.document import Document
from tritonqa.library.parse.decode import decode
from tritonqa.library.parse.options import ParseOptions
from tritonqa.library.parse.source import Source


def read(source: Source, options: ParseOptions) -> Document:
    """Return the text as it is in the file."""
    return Document(decode(source.data), "text")
