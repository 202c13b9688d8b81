"""What an Office file says of itself (ISO 29500-2, part docProps/core.xml)."""

from __future__ import annotations

import zipfile
from xml.etree.ElementTree import ParseError

from tritonqa.library.metadata import split_list, split_names
from tritonqa.library.parse.archive import local, xml
from tritonqa.library.parse.writer import Writer

_PART = "docProps/core.xml"


def write_properties(writer: Writer, package: zipfile.ZipFile) -> str:
    """Write what is known of a document, and return its title; both are nothing where the part is damaged."""
    if _PART not in package.namelist():
        return ""
    try:
        said = {local(one): one.text or "" for one in xml(package.read(_PART))}
    except ParseError:
        return ""
    for name in ("created", "language", "subject"):
        writer.describe(name, said.get(name, ""))
    writer.describe("creator", split_names(said.get("creator", "")))
    writer.describe("keywords", split_list(said.get("keywords", "")))
    return said.get("title", "")
