"""Draw the pictures of the documentation from the real page: run me after changing how it looks.

Needs Chromium; chromium, or the program that the first argument names.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep
from urllib.parse import quote

import uvicorn
from fpdf import FPDF
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from tritonqa import Library, Reader
from tritonqa.web import create_app
from tritonqa.web.serve import address, listening

FOLDER = Path(__file__).parent / "pictures"
HANDBOOK = """Boiler BX 40

The boiler heats houses of up to 240 square metres. It was designed in Bremen in 1998.

Warranty

The warranty ends after 24 months. It covers the burner and the pump, but not the seals.
"""
QUESTIONS = {"answer": "When does the warranty end?", "nothing": "Who is the queen of Spain?"}
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--hide-scrollbars",
)
_SCHEMES = {"light": "1", "dark": "0"}


def main(browser: str) -> None:
    """Ask each question in light and dark, and the source of the first answer."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, Reader() as reader:
        document = Path(folder) / "boiler.pdf"
        write_pdf(document)
        with Library(Path(folder) / "library", reader) as library:
            library.add(document)
            answer = library.ask(QUESTIONS["answer"])[0]
            with served(library, reader) as base:
                pages = {name: f"{base}#q={quote(question)}" for name, question in QUESTIONS.items()}
                place = f"document={quote(answer.document)}&start={answer.start}&end={answer.end}"
                for name, page in {**pages, "source": f"{base}source?{place}"}.items():
                    for scheme in _SCHEMES:
                        draw(browser, page, scheme, FOLDER / f"{name}-{scheme}.png")


def write_pdf(path: Path) -> None:
    """Write the document that is asked."""
    pdf = FPDF(format=(148, 80))
    pdf.set_title("Boiler BX 40")
    pdf.set_font("times", size=12)
    pdf.add_page()
    pdf.multi_cell(0, text=HANDBOOK)
    pdf.output(str(path))


@contextmanager
def served(library: Library, reader: Reader) -> Iterator[str]:
    """Serve the page on a free port."""
    with listening("127.0.0.1", 0) as opened:
        server = uvicorn.Server(
            uvicorn.Config(
                quiet(create_app(reader, library)), log_level="warning", timeout_graceful_shutdown=1
            )
        )
        running = threading.Thread(target=server.run, args=([opened],))
        running.start()
        while not server.started:
            sleep(0.05)
        try:
            yield address("127.0.0.1", opened.getsockname()[1])
        finally:
            server.should_exit = True
            running.join()


def quiet(app: ASGIApp) -> ASGIApp:
    """Leave out the stream of events, which the browser would wait for to end."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        ends = scope["type"] == "http" and scope["path"] == "/api/events"
        await (Response(status_code=204) if ends else app)(scope, receive, send)

    return answer


def draw(browser: str, page: str, scheme: str, path: Path) -> None:
    """Let the browser draw a page once it has been quiet."""
    with tempfile.TemporaryDirectory() as profile:
        own = (
            f"--user-data-dir={profile}",
            f"--screenshot={path}",
            "--window-size=960,520",
            "--virtual-time-budget=10000",
        )
        dark = f"--blink-settings=preferredColorScheme={_SCHEMES[scheme]}"
        subprocess.run([browser, *_FLAGS, *own, dark, page], check=True, capture_output=True, timeout=120)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "chromium")
