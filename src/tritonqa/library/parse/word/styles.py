"""Word's styles → the level of the heading that each makes."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from tritonqa.library.parse.archive import local

_HEADING = re.compile(r"heading (\d)", re.IGNORECASE)
_BODY = 9  # the outline level that is no heading


def attribute(element: Element, name: str = "val") -> str:
    """Return an attribute whatever its namespace."""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def child(element: Element, *names: str) -> Element | None:
    """Return the first child at the end of a path of names."""
    found: Element | None = element
    for name in names:
        found = next((one for one in (() if found is None else found) if local(one) == name), None)
    return found


def levels(styles: Element) -> dict[str, int]:
    """Return style id → level of its heading: 1 the outermost, 0 the document's title."""
    found: dict[str, int] = {}
    bases: dict[str, str] = {}
    for style in (one for one in styles if local(one) == "style"):
        key, name, base = attribute(style, "styleId"), child(style, "name"), child(style, "basedOn")
        bases[key] = attribute(base) if base is not None else ""
        named = attribute(name) if name is not None else ""
        if heading := _HEADING.fullmatch(named):
            found[key] = int(heading[1])
        elif named.lower() == "title":
            found[key] = 0
        elif (level := outline_level(style)) is not None:
            found[key] = level
    for key in bases:
        seen, above = {key}, bases[key]
        while above and above not in seen and above not in found:
            seen.add(above)
            above = bases.get(above, "")
        if key not in found and above in found:
            found[key] = found[above]
    return found


def outline_level(holder: Element) -> int | None:
    """Return the level that a style's or a paragraph's own properties state."""
    stated = child(holder, "pPr", "outlineLvl")
    value = attribute(stated) if stated is not None else ""
    return int(value) + 1 if value.isdigit() and int(value) < _BODY else None
