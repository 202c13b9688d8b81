"""The page in a real Chromium: what a person sees and does; skipped where there is none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.library import samples
from tests.web.conftest import HANDBOOK, served
from tests.web.hostile import HOSTILE
from tritonqa import Library, Reader
from tritonqa.web import WebOptions, create_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HEBREW = "האחריות על הדוד מסתיימת אחרי 24 חודשים. עדה מתקנת אותו בברמן.\n"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDTHS = {"desk": 1100, "phone": 320}  # CSS pixels; 320 is also 1280 at 400 % (WCAG's reflow)

CUT = """[document.documentElement, ...document.querySelectorAll("body *:not(svg, svg *, iframe)")]
    .filter(one => one.checkVisibility() && one.scrollWidth > one.clientWidth && one.clientWidth > 0
        && (one === document.documentElement || getComputedStyle(one).overflowX !== "visible"))
    .map(one => one.outerHTML.slice(0, 90))"""
"""What scrolls sideways or is cut off there."""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, reader: Reader) -> Iterator[str]:
    """Serve a library of an English, a Hebrew and a PDF document."""
    folder = tmp_path_factory.mktemp("seen")
    (folder / "desk").mkdir()
    (folder / "desk" / "handbook.txt").write_text(HANDBOOK, encoding="utf-8")
    (folder / "desk" / "boiler.pdf").write_bytes(samples.pdf())
    (folder / "desk" / "hebrew.txt").write_text(HEBREW, encoding="utf-8")
    with Library(folder / "library", reader) as library:
        library.add(folder / "desk")
        with served(create_app(reader, library)) as address:
            yield address


def ask(tab: Page, base: str, question: str, *, always: bool = False) -> None:
    tab.goto(base)
    tab.wait_for_selector("#question:focus")  # the box is there to type in
    if always:
        tab.check("#always")
    tab.keyboard.type(question) if not always else tab.fill("#question", question)
    tab.keyboard.press("Enter") if not always else tab.press("#question", "Enter")
    tab.wait_for_selector("#same:not([hidden])")


def test_by_keys_alone_from_question_to_source_and_back(tab: Page, base: str) -> None:
    ask(tab, base, "When does the warranty of the pump end?")
    assert tab.inner_text(".answer mark") == "24 months"
    assert "handbook.txt" in tab.inner_text(".answer .where a")
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("dialog[open] iframe")
    frame = tab.frame_locator("iframe")
    assert frame.locator("#here").inner_text() == "24 months"
    tab.focus("#close")
    tab.keyboard.press("Escape")
    tab.wait_for_selector("dialog:not([open])", state="attached")


def test_a_quotation_is_copied_with_its_source(tab: Page, base: str) -> None:
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(tab, base, "When does the warranty of the pump end?")
    tab.click(".copy >> nth=0")
    tab.locator("#status", has_text="Copied").wait_for()
    quotation, source, rest = str(tab.evaluate("navigator.clipboard.readText()")).split("\n")
    assert quotation[0] + quotation[-1] == "“”" and "24 months" in quotation
    assert quotation[1:-1] in " ".join(HANDBOOK.split())
    assert source.startswith("— handbook.txt, characters ") and not rest


def test_what_is_not_there_is_said(tab: Page, base: str) -> None:
    ask(tab, base, "Who is the queen of Spain?")
    assert tab.inner_text("#nothing-title") == "Not in these documents"
    assert "3 files" in tab.inner_text("#searched")


def test_a_line_separator_is_no_end_of_an_answer(tab: Page, base: str) -> None:
    ask(tab, base, "When does the warranty\u2028of the pump end?")
    assert "24 months" in tab.inner_text("#answers")


def test_some_documents_only(tab: Page, base: str) -> None:
    tab.goto(base)
    tab.click("#within summary")
    tab.fill("#within >> text=File", "boiler")
    tab.select_option("#within >> text=Format", "pdf")
    assert tab.inner_text("#filters") == ": by 2 filters"
    tab.fill("#question", "When does the warranty of the pump end?")
    tab.press("#question", "Enter")
    tab.wait_for_selector("#same:not([hidden])")
    assert "handbook.txt" not in tab.inner_text("#found")
    assert "boiler.pdf" in tab.inner_text(".answer .where a >> nth=0")
    said = "Lovelace, Ada; Charles Babbage · 2024-05-31 · boilers; warranty"
    assert tab.inner_text(".answer .says >> nth=0") == said
    call = '.within("*boiler*", kinds="pdf").ask('
    assert call in str(tab.text_content("#python"))
    tab.reload()  # and Back: what was asked for stays
    tab.wait_for_selector("#same:not([hidden])")
    assert call in str(tab.text_content("#python"))
    tab.fill("#within >> text=Author", "Shelley")
    tab.press("#within >> text=Author", "Enter")
    tab.locator("#searched", has_text="0 files").wait_for()
    tab.fill("#within >> text=From", "soon")
    tab.click("#within summary")  # closed again: the error opens it
    tab.press("#question", "Enter")
    tab.wait_for_selector("#status.warning")
    assert "soon" in tab.inner_text("#status")
    assert tab.evaluate("document.activeElement.id") == "scope.since"


def test_a_pdfs_words_can_be_marked_and_selected_on_its_picture(tab: Page, base: str) -> None:
    ask(tab, base, "When does the warranty end?", always=True)
    link = tab.locator(".answer a", has_text="boiler.pdf").first
    tab.goto(base.rstrip("/") + str(link.get_attribute("href")))
    mark = tab.locator(".sheet rect").bounding_box()
    line = tab.locator(".sheet text", has_text="warranty ends").first
    around = line.bounding_box()
    assert mark is not None and around is not None
    assert around["x"] - 2 <= mark["x"] and mark["x"] + mark["width"] <= around["x"] + around["width"] + 2
    assert around["y"] < mark["y"] + mark["height"] / 2 < around["y"] + around["height"]
    line.evaluate("line => getSelection().selectAllChildren(line)")
    assert "The warranty ends after 24 months." in tab.evaluate("getSelection().toString()")


def test_an_answer_from_right_to_left(tab: Page, base: str) -> None:
    ask(tab, base, "מתי מסתיימת האחריות על הדוד?", always=True)
    quotation = tab.locator(".answer blockquote").first
    assert quotation.evaluate("one => getComputedStyle(one).direction") == "rtl"
    assert tab.locator("#question").evaluate("one => getComputedStyle(one).direction") == "rtl"
    tab.goto(base.rstrip("/") + str(tab.locator(".answer a").first.get_attribute("href")))
    assert tab.locator(".text").evaluate("one => getComputedStyle(one).direction") == "rtl"
    assert tab.inner_text(".text").strip() == HEBREW.strip()


@pytest.mark.parametrize("scheme", ["light", "dark", "forced"])
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_on_any_state(tab: Page, base: str, toy: Reader, scheme: str, width: str) -> None:
    tab.set_viewport_size({"width": WIDTHS[width], "height": 800})
    if scheme == "forced":
        tab.emulate_media(forced_colors="active")
    else:
        tab.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    tab.goto(base)
    tab.wait_for_selector("#documents li")
    tab.click("#within summary")
    assert_accessible(tab, "empty, with filters")
    ask(tab, base, "When does the warranty end?", always=True)
    tab.click('summary:text("JSON")')
    assert_accessible(tab, "answers")
    source = base.rstrip("/") + str(
        tab.locator(".answer a", has_text="boiler.pdf").first.get_attribute("href")
    )
    tab.click(".answer a")
    tab.wait_for_selector("dialog[open]")
    assert_accessible(tab, "source opened")
    ask(tab, base, "Who is the queen of Spain?")
    assert_accessible(tab, "not in these documents")
    tab.goto(source)
    assert_accessible(tab, "a PDF's page")
    with served(create_app(toy, options=WebOptions(token="secret"))) as other:
        tab.goto(other)
        assert_accessible(tab, "the token")
        tab.fill("#token", "guess")
        tab.press("#token", "Enter")
        tab.wait_for_selector("#wrong")
        assert_accessible(tab, "a wrong token")
        tab.fill("#token", "secret")
        tab.press("#token", "Enter")
        tab.wait_for_selector("#question")
        tab.wait_for_load_state()  # the script that asks comes last
        tab.fill("#question", "Who?")
        tab.press("#question", "Enter")
        assert "no text yet" in tab.inner_text("#status.warning")
        assert_accessible(tab, "a text is missing")


def test_at_200_percent_nothing_is_cut(browser: Browser, base: str) -> None:
    context = browser.new_context(viewport={"width": 550, "height": 400}, device_scale_factor=2)
    tab = context.new_page()
    for question in ("When does the warranty end?", "Who is the queen of Spain?"):
        ask(tab, base, question)
        assert tab.evaluate(CUT) == []
    context.close()


def assert_accessible(tab: Page, state: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(tab, options={"runOnly": RULES}).response["violations"]
    assert not found, (state, [(one["id"], one["nodes"][0]["html"]) for one in found])
    beyond = tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert beyond <= 0, f"{state} scrolls sideways"


def test_hostile_words_stay_words(tab: Page, tmp_path: Path, toy: Reader) -> None:
    """Whatever a document says, nothing of it runs; the tab fails for a dialog or a request to elsewhere."""
    path = tmp_path / "desk" / "<img src=x onerror=alert(1)>.txt"
    path.parent.mkdir()
    path.write_text("The password is swordfish.\n\n" + "\n\n".join(HOSTILE), encoding="utf-8")
    with Library(tmp_path / "library", toy) as library:
        library.add(path)
        with served(create_app(toy, library)) as base:
            ask(tab, base, "Where is the <script>alert(1)</script> javascript:alert(1)?", always=True)
            assert tab.locator("#answers script, #answers img, #answers svg:not(.meter svg)").count() == 0
            tab.goto(base.rstrip("/") + str(tab.locator(".answer a").first.get_attribute("href")))
            assert tab.locator(".text > :not(mark), mark > *").count() == 0
            assert tab.locator("script").count() == 1
