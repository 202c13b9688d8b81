"""Draw the pictures of the documentation from the real page: run me after changing how it looks.

Needs Chromium; chromium, or the program that the first argument names.
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep

import uvicorn
from fpdf import FPDF
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tritonqa import Library, Reader
from tritonqa.web import create_app
from tritonqa.web.serve import Server, address, listening

FOLDER = Path(__file__).parent / "pictures"
HANDBOOK = """Boiler BX 40

The boiler heats houses of up to 240 square metres. It was designed in Bremen in 1998.

Warranty

The warranty ends after 24 months. It covers the burner and the pump, but not the seals.
"""
QUESTIONS = {"answer": "When does the warranty end?", "nothing": "Who is the queen of Spain?"}
SIZE = {"width": 960, "height": 520}
LETTER, LOOK = 90, 2600  # milliseconds of a letter that is typed, and of what is to be read


def main(program: str) -> None:
    """Ask each question in light and dark, and the source of the first answer; then film it all."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, Reader() as reader, sync_playwright() as started:
        document = Path(folder) / "boiler.pdf"
        write_pdf(document)
        browser = started.chromium.launch(executable_path=program, args=["--no-sandbox"])
        with Library(Path(folder) / "library", reader) as library:
            library.add(document)
            with served(library, reader) as base:
                for scheme in ("light", "dark"):
                    draw(opened(browser, scheme), base, scheme)
                film(opened(browser, "light"), base, FOLDER / "screencast.webp")
        browser.close()


def opened(browser: Browser, scheme: str) -> Page:
    """Open a tab in light or dark."""
    tab = browser.new_page(viewport=SIZE)  # type: ignore[arg-type]
    tab.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    return tab


def draw(tab: Page, base: str, scheme: str) -> None:
    """Take a picture of each state."""
    for name in ("nothing", "answer"):
        tab.goto(base)
        tab.fill("#question", QUESTIONS[name])
        tab.press("#question", "Enter")
        tab.wait_for_selector("#same:not([hidden])")
        tab.screenshot(path=FOLDER / f"{name}-{scheme}.png")
    tab.goto(base.rstrip("/") + str(tab.locator(".answer a").first.get_attribute("href")))
    tab.wait_for_load_state("networkidle")
    tab.screenshot(path=FOLDER / f"source-{scheme}.png")


def film(tab: Page, base: str, path: Path) -> None:
    """Ask by the keyboard, look at the source and back, ask what is not there; as it is seen."""
    frames: list[tuple[bytes, int]] = []

    def see(milliseconds: int) -> None:
        frames.append((tab.screenshot(), milliseconds))

    def ask(question: str) -> None:
        tab.keyboard.press("/")
        for letter in question:
            tab.keyboard.type(letter)
            see(LETTER)
        tab.keyboard.press("Enter")
        tab.wait_for_selector("#same:not([hidden])")
        see(LOOK)

    tab.goto(base)
    tab.wait_for_selector("#documents li")
    see(LOOK // 2)
    ask(QUESTIONS["answer"])
    tab.keyboard.press("ArrowDown")
    see(LOOK // 3)
    tab.keyboard.press("Enter")
    tab.frame_locator("iframe").locator(".sheet rect").wait_for()
    sleep(1)  # until the picture is drawn
    see(2 * LOOK)
    tab.click("#close")
    see(LOOK // 3)
    tab.locator("#question").blur()
    ask(QUESTIONS["nothing"])
    images = [Image.open(io.BytesIO(png)).convert("RGB") for png, _ in frames]
    shown = [milliseconds for _, milliseconds in frames]
    images[0].save(path, save_all=True, append_images=images[1:], duration=shown, quality=70, method=6)


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
    app = create_app(reader, library)
    with listening("127.0.0.1", 0) as taken:
        server = Server(uvicorn.Config(app, log_level="warning"), app)
        running = threading.Thread(target=server.run, args=([taken],))
        running.start()
        while not server.started:
            sleep(0.05)
        try:
            yield address("127.0.0.1", taken.getsockname()[1])
        finally:
            server.should_exit = True
            running.join()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else str(shutil.which("chromium")))
