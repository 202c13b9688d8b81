"""The parser's process: reads requests on stdin, and answers each on stdout."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from tritonqa.errors import DocumentError, MissingExtra
from tritonqa.library.parse.message import pages_of, receive, record_of, send
from tritonqa.library.parse.ocr import OCR_MEGABYTES
from tritonqa.library.parse.options import ParseOptions
from tritonqa.library.parse.run import excerpt, parse, picture

_GRACE = 5  # seconds after which we end ourselves, should nobody have done so


def main() -> None:
    """Answer requests until stdin ends; what libraries print goes nowhere."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (1, 2):
        os.dup2(nowhere, descriptor)

    gc.disable()  # it would look again and again at rows that stay
    while (request := receive(requests)) is not None:
        options = ParseOptions(**{**request["options"], "passwords": tuple(request["options"]["passwords"])})
        _limit(options, request["seconds"])
        try:
            send(answers, _answer(request, options, partial(_alive, answers, request["seconds"])))
        finally:
            _alarm(0)
            gc.collect()


def _alive(answers: BinaryIO, seconds: float) -> None:
    """Tell that the document goes on: its time begins anew."""
    _alarm(seconds + _GRACE)
    send(answers, {"alive": True})


def _answer(request: dict[str, Any], options: ParseOptions, alive: Callable[[], None]) -> dict[str, Any]:
    path = Path(request["path"])
    try:
        if "picture" in request:
            return record_of(picture(path, request["picture"], request["width"], options))
        if "pages" in request:
            pages = pages_of(request["pages"])
            return record_of(excerpt(path, pages, request["start"], request["end"], options))
        return record_of(parse(path, options, alive))
    except DocumentError as error:
        return {"error": error.reason}
    except MissingExtra as error:
        return {"library": error.library, "extra": error.extra}


def _limit(options: ParseOptions, seconds: float) -> None:
    """Bound memory, and time in case who asked is gone: the alarm ends us inside a library's loop, too."""
    _alarm(seconds + _GRACE)
    try:
        import resource
    except ImportError:  # Windows
        return
    limit = (options.megabytes + (OCR_MEGABYTES if options.ocr else 0)) << 20
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (limit if hard < 0 else min(limit, hard), hard))


def _alarm(seconds: float) -> None:
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)
