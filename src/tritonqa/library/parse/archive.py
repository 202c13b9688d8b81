"""Packed bytes → their files, within limits; and XML without what could harm."""

from __future__ import annotations

import gzip
import io
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

from tritonqa.errors import DocumentError, MissingExtra
from tritonqa.library.parse.options import ParseOptions
from tritonqa.library.parse.source import Source

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_ENTRIES = 10_000


def archive(source: Source, options: ParseOptions) -> zipfile.ZipFile:
    """Open a zip; raises DocumentError for one that unpacks to more than is allowed, or is locked."""
    opened = zipfile.ZipFile(io.BytesIO(source.data))
    entries = opened.infolist()
    total = sum(entry.file_size for entry in entries)
    if len(entries) > _ENTRIES or total > options.unpacked_megabytes << 20:
        raise DocumentError(
            f"unpacks to {total >> 20} MB in {len(entries)} files, more than the limit of "
            f"{options.unpacked_megabytes} MB in {_ENTRIES}; raise the limit if you trust it"
        )
    if any(entry.flag_bits & 1 for entry in entries):
        raise DocumentError("is encrypted; save it without a password")
    return opened


def xml(data: bytes) -> Element:
    """Read XML; raises DocumentError for entities, which documents don't need and bombs are made of."""
    try:
        from defusedxml.common import DefusedXmlException
        from defusedxml.ElementTree import fromstring
    except ImportError as error:
        raise MissingExtra("defusedxml", "library") from error
    try:
        root: Element = fromstring(data)
    except DefusedXmlException as error:
        raise DocumentError("defines entities in its XML, which no document needs; save it again") from error
    return root


def local(element: Element) -> str:
    """Return an element's name without its namespace; the strict kind of an Office file has others."""
    return str(element.tag).rpartition("}")[2]


def unpacked(source: Source, options: ParseOptions) -> Source:
    """Unpack a file whose name ends in .gz, to what its name says without it."""
    if source.path.suffix.lower() != ".gz":
        return source
    limit = options.unpacked_megabytes << 20
    try:
        with gzip.open(io.BytesIO(source.data)) as stream:
            data = stream.read(limit + 1)
    except (OSError, EOFError) as error:
        raise DocumentError("is a damaged .gz file; pack it again") from error
    if len(data) > limit:
        raise DocumentError(
            f"unpacks to more than the limit of {limit >> 20} MB; raise it if you trust the file"
        )
    return replace(source, path=source.path.with_suffix(""), data=data)
