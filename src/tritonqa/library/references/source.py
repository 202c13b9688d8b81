"""A citation → how its document is named, found again, and keyed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePath
from unicodedata import normalize

from tritonqa.library.answer import Citation, CitedAnswer, CitedAnswers, Status
from tritonqa.library.metadata import Metadata

_HALF = re.compile("[\ud800-\udfff]")  # of a name that is not UTF-8
NOTES = {
    Status.VERIFIED: "",
    Status.CHANGED: "changed since it was indexed",
    Status.MISSING: "the file is gone",
}


def entries(answers: CitedAnswers) -> Iterator[tuple[str, CitedAnswer, Citation]]:
    """Give every place of every answer with a key of its own, made of the file's name and the page."""
    taken: set[str] = set()
    for answer in answers:
        for citation in answer.citations:
            stem = normalize("NFKD", PurePath(citation.document).stem).encode("ascii", "ignore").decode()
            word = re.sub(r"\W+", "-", stem).strip("-").lower() or "document"
            place = f"{word}-p{citation.page}" if citation.page else word
            key, count = place, 1
            while key in taken:
                count += 1
                key = f"{place}-{count}"
            taken.add(key)
            yield key, answer, citation


def name(citation: Citation) -> str:
    """Return the file's name in one line; half of a character in it becomes U+FFFD."""
    return _HALF.sub("\ufffd", " ".join(PurePath(citation.document).name.split()))


def title(answer: CitedAnswer, citation: Citation) -> str:
    """Return the document's title where it is that of this file, else the file's name."""
    own = answer.title if citation == answer.citations[0] else ""
    return " ".join(own.split()) or name(citation)


def said(answer: CitedAnswer, citation: Citation) -> Metadata:
    """Return what the document says of itself where it is that of this file."""
    return answer.metadata if citation == answer.citations[0] else {}


def address(citation: Citation) -> str:
    """Return the file's URI, at the page where it is a PDF; what has no path on a disk as it is named."""
    path = Path(citation.document)
    page = f"#page={citation.page}" if citation.page and path.suffix.lower() == ".pdf" else ""
    try:
        return path.as_uri() + page
    except ValueError:  # it is relative, or no file here can have this name
        return _HALF.sub("\ufffd", citation.document)


def place_of(citation: Citation) -> tuple[str, ...]:
    """Say where in its document a citation stands, as far as the document has such places."""
    cell = (f"cell {citation.address}",) if citation.address else ()
    if citation.page is None:
        return cell
    printed = f" (printed {citation.page_label})" if citation.page_label != str(citation.page) else ""
    return (*cell, f"page {citation.page}{printed}")


def page(citation: Citation) -> str:
    """Return the page as a reader of the document would name it; empty without one."""
    if citation.page is None:
        return ""
    return citation.page_label or str(citation.page)
