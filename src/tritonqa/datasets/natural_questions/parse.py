"""A line's object, in either format → Page, checked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tritonqa.datasets.natural_questions import fields
from tritonqa.datasets.natural_questions.lines import Read, Skip, read_lines
from tritonqa.datasets.natural_questions.page import NOWHERE, Annotation, Candidate, Page, PageSpan
from tritonqa.errors import InputError

_NEEDED = ("example_id", "question_text", "long_answer_candidates")
_KNOWN = ("annotations", "document_url")
_OFFICIAL = ("document_html", "document_tokens"), ("document_title", "question_tokens")
_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9]*(?:_[^ ]*)?/?>")


def read_pages(paths: Iterable[Path], skip: Skip | None = None, read: Read | None = None) -> Iterator[Page]:
    """Give the pages of files in either format, also .gz, one at a time.

    Raises InputError that names file, line and field, also for a page that was there before; with skip, it
    is told instead and the rest goes on. read is told how far each file is read.
    """
    known = set[int]()
    for path in paths:
        for number, _, page in _numbered(path, skip, read):
            if page.id not in known:
                known.add(page.id)
                yield page
                continue
            twice = InputError(f"{path}, line {number}: page {page.id} is there twice; give each page once")
            if skip is None:
                raise twice
            skip(twice)


def read_records(
    path: Path, skip: Skip | None = None, read: Read | None = None
) -> Iterator[tuple[dict[str, Any], Page]]:
    """Give the objects of a file's lines, each with the page that it is; all else is as for read_pages."""
    return ((record, page) for _, record, page in _numbered(path, skip, read))


def _numbered(path: Path, skip: Skip | None, read: Read | None) -> Iterator[tuple[int, dict[str, Any], Page]]:
    for number, record in read_lines(path, skip, read):
        try:
            page = parse(record)
        except InputError as error:
            named = InputError(f"{path}, line {number}: {error}")
            if skip is None:
                raise named from error
            skip(named)
        else:
            yield number, record, page


def is_official(record: dict[str, Any]) -> bool:
    """Say whether an object is of the official format, not the simplified one."""
    return "document_tokens" in record


def is_tag(token: str) -> bool:
    """Say whether a token of the simplified format is HTML, as <P> or <Th_colspan="2">."""
    return _TAG.fullmatch(token) is not None


def parse(record: dict[str, Any]) -> Page:
    """Check an object of either format; raises InputError that names the field."""
    if is_official(record):
        fields.require_keys(record, (*_NEEDED, *_OFFICIAL[0]), (*_KNOWN, *_OFFICIAL[1]))
        tokens, html, places = _official_tokens(record)
    else:
        fields.require_keys(record, (*_NEEDED, "document_text"), _KNOWN)
        tokens, places = tuple(fields.text(record, "document_text").split(" ")), ()
        html = tuple(map(is_tag, tokens))
    candidates = tuple(_candidates(record, len(tokens)))
    given = fields.items(record, "annotations") if "annotations" in record else []
    annotations = tuple(
        _annotation(item, f"annotations[{i}]", candidates, len(tokens)) for i, item in enumerate(given)
    )
    question = fields.text(record, "question_text")
    if not question.strip():
        raise InputError("field question_text is empty")
    url = fields.text(record, "document_url") if "document_url" in record else ""
    return Page(fields.example_id(record), question, url, tokens, html, places, candidates, annotations)


def _official_tokens(
    record: dict[str, Any],
) -> tuple[tuple[str, ...], tuple[bool, ...], tuple[tuple[int, int], ...]]:
    tokens, html, places = [], [], []
    page = fields.text(record, "document_html").encode()
    for i, item in enumerate(fields.items(record, "document_tokens")):
        where = f"document_tokens[{i}]"
        fields.require_keys(item, ("token", "html_token", "start_byte", "end_byte"), (), where)
        tokens.append(fields.text(item, "token", where).replace(" ", "_"))
        html.append(fields.flag(item, "html_token", where))
        start, end = (fields.whole(item, name, where) for name in ("start_byte", "end_byte"))
        if not 0 <= start <= end <= len(page):
            raise InputError(f"field {where}: bytes {start} to {end} are not in the {len(page)} of the HTML")
        for at in (start, end):
            if page[at : at + 1] and page[at] & 0xC0 == 0x80:  # UTF-8 goes on here
                raise InputError(f"field {where}: byte {at} is within a character of the HTML")
        places.append((start, end))
    return tuple(tokens), tuple(html), tuple(places)


def _candidates(record: dict[str, Any], length: int) -> Iterator[Candidate]:
    """Give the candidates; the top-level ones must not overlap."""
    taken: list[tuple[int, int, int]] = []
    for i, item in enumerate(fields.items(record, "long_answer_candidates")):
        where = f"long_answer_candidates[{i}]"
        fields.require_keys(item, ("start_token", "end_token", "top_level"), fields.OFFSETS, where)
        span = fields.span(item, where, length)
        if span.start_token < 0:
            raise InputError(f"field {where}.start_token must be a token of the page, not {span.start_token}")
        top_level = fields.flag(item, "top_level", where)
        if top_level:
            taken.append((span.start_token, span.end_token, i))
        yield Candidate(span, top_level)
    taken.sort()
    for (_, end, first), (start, _, second) in zip(taken, taken[1:], strict=False):
        if start < end:
            raise InputError(f"field long_answer_candidates: top-level {first} and {second} overlap")


def _annotation(item: Any, where: str, candidates: tuple[Candidate, ...], length: int) -> Annotation:
    fields.require_keys(item, ("long_answer", "short_answers"), ("yes_no_answer", "annotation_id"), where)
    long, name = item["long_answer"], f"{where}.long_answer"
    fields.require_keys(long, ("start_token", "end_token"), (*fields.OFFSETS, "candidate_index"), name)
    found = fields.span(long, name, length)
    _check_candidate(found, fields.whole(long, "candidate_index", name, -1), candidates, name)
    short = []
    for i, part in enumerate(fields.items(item, "short_answers", where)):
        inside = f"{where}.short_answers[{i}]"
        fields.require_keys(part, ("start_token", "end_token"), fields.OFFSETS, inside)
        short.append(fields.span(part, inside, length))
    return Annotation(NOWHERE if found.is_null else found, tuple(short), fields.yes_no(item, where))


def _check_candidate(long: PageSpan, index: int, candidates: tuple[Candidate, ...], where: str) -> None:
    if index < -1:
        raise InputError(f"field {where}.candidate_index must be -1 for none, not {index}")
    if index >= len(candidates):
        raise InputError(f"field {where}.candidate_index {index} is beyond {len(candidates)} candidates")
    if index >= 0:
        known = candidates[index].span
        if (known.start_token, known.end_token) != (long.start_token, long.end_token):
            raise InputError(f"field {where} has other tokens than its candidate, number {index}")
