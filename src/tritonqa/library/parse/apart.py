"""Path → document, in a process of its own that may crash, hang or swell without harm."""

from __future__ import annotations

import atexit
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Any

from tritonqa.errors import DocumentError, MissingExtra
from tritonqa.library.document import Document, Excerpt, Page, Picture
from tritonqa.library.parse.message import document_of, excerpt_of, picture_of, receive, send
from tritonqa.library.parse.options import ParseOptions

_START = "import sys; sys.path[:] = sys.argv[1:]; from tritonqa.library.parse.worker import main; main()"
_LIFE = 200  # documents after which a process is replaced, so that what its libraries leak stays small


def parse_apart(path: Path, options: ParseOptions | None = None) -> Document:
    """Read a document in the parser's process, within its limits of time and memory.

    Raises DocumentError as parse does, and where the parser crashed or came to a limit.
    """
    return document_of(_PARSER.ask(path, options or ParseOptions(), {}))


def excerpt_apart(
    path: Path, pages: Sequence[Page], start: int, end: int, options: ParseOptions | None = None
) -> Excerpt:
    """Read again what stands at a place of a document, in the parser's process; as excerpt does."""
    touched = [asdict(page) for page in pages if page.start < end and start < page.end]
    place = {"pages": touched, "start": start, "end": end}
    return excerpt_of(_LOOKER.ask(path, options or ParseOptions(), place))


def picture_apart(path: Path, number: int, width: int, options: ParseOptions | None = None) -> Picture:
    """Draw a page of a document, in the parser's process; as picture does."""
    return picture_of(_LOOKER.ask(path, options or ParseOptions(), {"picture": number, "width": width}))


class Parser:
    """One process, started when first asked, replaced when it has died, is stuck or has served long."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._served, self._ocr = 0, False

    def ask(self, path: Path, options: ParseOptions, place: dict[str, Any]) -> dict[str, Any]:
        """Return the answer's record; one caller at a time."""
        request = {
            "path": str(path.absolute()),
            "options": asdict(options),
            "seconds": options.seconds,
            **place,
        }
        with self._lock:
            answer = self._exchange(request, path, options.ocr)
        if "library" in answer:
            raise MissingExtra(answer["library"], answer["extra"])
        if "error" in answer:
            raise DocumentError(answer["error"], path)
        return answer

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _exchange(self, request: dict[str, Any], path: Path, ocr: bool) -> dict[str, Any]:
        process = self._running(ocr)
        answers: SimpleQueue[dict[str, Any] | None] = SimpleQueue()
        Thread(target=_exchange, args=(process, request, answers), daemon=True).start()
        try:
            while (answer := answers.get(timeout=request["seconds"])) is not None and "alive" in answer:
                continue
        except Empty as error:
            self.close()
            late = (
                f"was not read within {request['seconds']:g} seconds; raise the limit of time, or repair it"
            )
            raise DocumentError(late, path) from error
        except BaseException:
            self.close()  # an answer that comes later must not be taken for the next one's
            raise
        if answer is None:
            process.wait()
            code = process.returncode
            self.close()
            raise DocumentError(
                f"made its parser end ({_ended(code)}); it is damaged or needs more memory", path
            )
        return answer

    def _running(self, ocr: bool) -> subprocess.Popen[bytes]:
        """Return the process; one that holds the models of OCR has no room left within the others' limit."""
        self._served += 1
        if self._process is not None and (
            self._served > _LIFE or self._process.poll() is not None or (self._ocr and not ocr)
        ):
            self.close()
        self._ocr = ocr
        if self._process is None:
            command = [sys.executable, "-c", _START, *sys.path]
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            self._served = 1
        return self._process


def _exchange(
    process: subprocess.Popen[bytes], request: dict[str, Any], answers: SimpleQueue[dict[str, Any] | None]
) -> None:
    """Send the request, and pass on what comes until it is the answer; None where the process has ended."""
    assert process.stdin and process.stdout
    try:
        send(process.stdin, request)
        while (answer := receive(process.stdout)) is not None and "alive" in answer:
            answers.put(answer)
    except (OSError, ValueError):  # it ended while we wrote, or was closed while we read
        answer = None
    answers.put(answer)


def _ended(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"


_PARSER = Parser()
_LOOKER = Parser()  # a process of its own, so that no answer waits for a document that is being indexed
atexit.register(_PARSER.close)
atexit.register(_LOOKER.close)
