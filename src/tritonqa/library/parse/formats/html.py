"""HTML, by selectolax: the text that a browser shows."""

from __future__ import annotations

import re

from tritonqa.library.document import Document
from tritonqa.library.parse.decode import decode
from tritonqa.library.parse.options import ParseOptions
from tritonqa.library.parse.source import Source
from tritonqa.library.parse.web import write_html
from tritonqa.library.parse.writer import Writer

_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_HEAD = 2048


def read(source: Source, options: ParseOptions) -> Document:
    """Return what is shown, with a section a heading."""
    declared = _CHARSET.search(source.data[:_HEAD])
    writer = Writer()
    text = decode(source.data, declared[1].decode("ascii") if declared else None)
    xml = source.path.suffix.lower() in (".xhtml", ".xht") or text.startswith("<?xml")
    title = write_html(writer, text, xml=xml)
    return writer.document("html", title)
