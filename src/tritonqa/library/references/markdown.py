"""Cited answers → Markdown: each quotation in its sentences, and its sources."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tritonqa.library.answer import Citation, CitedAnswer, CitedAnswers
from tritonqa.library.references.source import NOTES, address, name, place_of

_MARK = re.compile(r"[\\`*_\[\]<>~|$]|&(?=#?\w+;)")  # of Markdown, wherever it stands
_BEGINS = re.compile(r"^(#+|[-+=]|\d+(?=[.)](?:\s|$)))", re.MULTILINE)  # a heading or a list


def markdown(answers: CitedAnswers) -> str:
    """Return a section: the question, and each answer with its sentences as a quotation of its sources.

    Rendered, it shows the documents' own words; tritonqa verify finds them again in what is written here.
    """
    return "\n\n".join(_parts(answers)) + "\n"


def _parts(answers: CitedAnswers) -> Iterator[str]:
    yield f"### {_escaped(' '.join(answers.question.split()))}"
    if not answers:
        searched = answers.searched
        yield (
            f"Not in these documents ({answers.no_answer:.0%}): searched {searched.passages} passages of "
            f"{searched.files} files."
        )
    for answer in answers:
        yield f"**{_escaped(' '.join(answer.text.split()))}** ({answer.score:.0%})"
        yield _quotation(answer)


def _quotation(answer: CitedAnswer) -> str:
    lines = (line.strip() for line in answer.context.splitlines())
    said = [_escaped(line) for line in lines]
    sources = "; ".join(map(_source, answer.citations))
    return "\n".join(f"> {line}".rstrip() for line in (*said, "", f"— {sources}"))


def _source(citation: Citation) -> str:
    named = " ".join(", ".join((name(citation), *place_of(citation))).split())
    note = f", {NOTES[citation.status]}" if NOTES[citation.status] else ""
    return f"[{_escaped(named)}](<{_target(address(citation))}>){note}"


def _target(address: str) -> str:
    return re.sub(r"[<>\n\\]", lambda found: f"%{ord(found[0]):02X}", address)


def _escaped(text: str) -> str:
    """Return text of which no character is read as Markdown."""
    return _BEGINS.sub(_begins, _MARK.sub(lambda found: "\\" + found[0], text))


def _begins(found: re.Match[str]) -> str:
    return found[0] + "\\" if found[0].isdigit() else "\\" + found[0]
