"""Cited answers → BibTeX."""

from __future__ import annotations

import re

from tritonqa.library.answer import Citation, CitedAnswer, CitedAnswers
from tritonqa.library.references.source import NOTES, address, entries, page, said, title

_SPECIAL = re.compile(r"[\\{}$&#_%~^]")
_WRITTEN = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "{": r"\textbraceleft{}",  # BibTeX counts one with a backslash, too
    "}": r"\textbraceright{}",
}


def bibtex(answers: CitedAnswers) -> str:
    """Return an entry for each place, in UTF-8; its note is the quotation."""
    return "\n".join(_entry(*entry) for entry in entries(answers))


def _entry(key: str, answer: CitedAnswer, citation: Citation) -> str:
    note = f": {NOTES[citation.status]}" if NOTES[citation.status] else ""
    metadata = said(answer, citation)
    fields = {
        "author": " and ".join(f"{{{_escaped(name)}}}" for name in metadata.get("author", ())),
        "title": f"{{{_escaped(title(answer, citation))}}}",
        "date": next(iter(metadata.get("date", ())), ""),
        "year": next(iter(metadata.get("date", ())), "")[:4],
        "pages": _escaped(page(citation)),
        "url": address(citation).replace("{", "%7B").replace("}", "%7D"),
        "note": f"``{_escaped(' '.join(citation.text.split()))}''{note}",
    }
    body = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@misc{{{key},\n{body}}}\n"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda found: _WRITTEN.get(found[0], "\\" + found[0]), text)
