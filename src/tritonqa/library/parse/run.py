"""Path → document, in this process."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from tritonqa.errors import DocumentError, MissingExtra
from tritonqa.library.document import Document, Excerpt, Page, Picture, title_of
from tritonqa.library.parse.archive import unpacked
from tritonqa.library.parse.kinds import kind_of
from tritonqa.library.parse.options import ParseOptions
from tritonqa.library.parse.source import Source, read_source
from tritonqa.library.parse.version import parser_of
from tritonqa.library.parse.writer import whole

T = TypeVar("T")

_CONTROLS = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


def parse(
    path: Path, options: ParseOptions | None = None, alive: Callable[[], None] = lambda: None
) -> Document:
    """Read a document; alive() is called after each page of a PDF: a long one goes on.

    Raises DocumentError, whatever is wrong with the file.
    """
    return _guarded(path, lambda: _parse(path, options or ParseOptions(), alive))


LAID_OUT = frozenset(("pdf",))
"""Kinds whose words have places on a page."""


def excerpt(
    path: Path, pages: Sequence[Page], start: int, end: int, options: ParseOptions | None = None
) -> Excerpt:
    """Read again what stands at characters start to end of a document, as parse gave it with these pages.

    Of a PDF only the pages that the place touches are read. Raises DocumentError as parse does.
    """
    return _guarded(path, lambda: _excerpt(path, pages, start, end, options or ParseOptions()))


def picture(path: Path, number: int, width: int, options: ParseOptions | None = None) -> Picture:
    """Draw a page (from 1) of a document that has a layout, so wide in pixels.

    Raises DocumentError as parse does, and for a kind that has none.
    """
    return _guarded(path, lambda: _picture(path, number, width, options or ParseOptions()))


def _picture(path: Path, number: int, width: int, options: ParseOptions) -> Picture:
    source = unpacked(read_source(path, options), options)
    reader = _format(source)
    if not hasattr(reader, "picture"):
        raise DocumentError("has no layout that could be drawn")
    drawn: Picture = reader.picture(source, number, width, options)
    return drawn


def _parse(path: Path, options: ParseOptions, alive: Callable[[], None] = lambda: None) -> Document:
    source = read_source(path, options)
    digest = source.digest
    source = replace(unpacked(source, options), alive=alive)
    document: Document = _format(source).read(source, options)
    text = whole(document.text)
    title = " ".join(_CONTROLS.sub(" ", document.title).split()) or title_of(path)
    notes = document.notes or ("holds no text",) * (not text.strip())
    if unread := text.count("\ufffd"):
        notes += (f"{unread} of its characters {'is' if unread == 1 else 'are'} unknown, shown as U+FFFD",)
    parser = parser_of(document.kind)
    return replace(document, text=text, title=title, notes=notes, digest=digest, parser=parser)


def _excerpt(path: Path, pages: Sequence[Page], start: int, end: int, options: ParseOptions) -> Excerpt:
    source = unpacked(read_source(path, options), options)
    reader = _format(source)
    if hasattr(reader, "excerpt"):
        found: Excerpt = reader.excerpt(source, pages, start, end, options)
        return found
    return Excerpt(_parse(path, options).text[start:end])


def _format(source: Source) -> Any:
    return import_module(f"tritonqa.library.parse.formats.{kind_of(source)}")


def _guarded(path: Path, work: Callable[[], T]) -> T:
    """Turn whatever a format's library raises over a damaged file into a DocumentError with its path."""
    try:
        return work()
    except DocumentError as error:
        raise DocumentError(error.reason, path) from error
    except MissingExtra:
        raise
    except MemoryError as error:
        raise DocumentError(
            "needs more memory than a parser may take; raise the limit or split it", path
        ) from error
    except RecursionError as error:
        raise DocumentError("is nested too deep to be read", path) from error
    except Exception as error:
        told = f"{type(error).__name__}: {' '.join(str(error).split())}"
        raise DocumentError(f"is damaged and can't be read ({told:.120})", path) from error
