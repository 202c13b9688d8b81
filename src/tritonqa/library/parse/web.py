"""HTML → what of it is shown, written piece by piece."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tritonqa.errors import MissingExtra
from tritonqa.library.parse.head import describe
from tritonqa.library.parse.table import write_table
from tritonqa.library.parse.writer import Writer

_UNSEEN = frozenset(
    "script style template noscript head iframe object embed canvas audio video svg map datalist "
    "-comment !doctype".split()
)
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr legend li main menu nav ol optgroup "
    "option p pre section summary table tbody td textarea tfoot th thead title tr ul".split()
)
_PARAGRAPHS = frozenset("blockquote h1 h2 h3 h4 h5 h6 p pre table ul ol dl figure section article".split())
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])", re.IGNORECASE)
_CLOSED = re.compile(  # but for those that are empty in HTML, too
    r"<(?!(?:area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr)\b)([A-Za-z][\w:.-]*)([^<>]*)/>",
    re.IGNORECASE,
)
_SPACES = re.compile(r"[ \t\n\r\f]+")
_SPAN = 1000  # columns or rows that a cell may span, as in browsers


def write_html(writer: Writer, text: str, *, xml: bool = False) -> str:
    """Write what a browser shows of a page, without script, style and hidden parts; returns the page's title.

    Spaces are joined as a browser joins them, blocks stand on lines of their own, a table's rows are rows.
    xml: XHTML, in which any element may close itself.
    """
    try:
        from selectolax.lexbor import LexborHTMLParser
    except ImportError as error:
        raise MissingExtra("selectolax", "library") from error
    parser = LexborHTMLParser(_CLOSED.sub(r"<\1\2></\1>", text) if xml else text)
    title = parser.css_first("title")
    describe(writer, parser)
    if parser.body is not None:
        _Walk(writer).write(parser.body)
    return title.text() if title is not None else ""


class _Walk:
    """Where we are in a page: a space or lines that wait for a word, and whether spaces count."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.space = False
        self.lines = 0
        self.verbatim = 0
        self.fresh = True

    def write(self, root: Any) -> None:
        heading = 0
        for node, entering in _steps(root):
            name = node.tag
            if name == "-text":
                self.text(node.text_content or "")
            elif name == "table" and entering and _simple(node):
                self.block(2)
                if (caption := node.css_first("caption")) is not None:
                    self.write(caption)
                    self.block(2)
                self.begin()
                named = node.css_first("th") is not None
                write_table(self.writer, enumerate(_rows(node), 1), named)
                self.block(2)
            elif name == "br" and entering:
                self.break_line()
            elif name in _BLOCKS:
                self.block(2 if name in _PARAGRAPHS else 1)
                self.verbatim += (name in ("pre", "textarea")) * (1 if entering else -1)
                if name in _HEADINGS:
                    if entering:
                        self.begin()
                        heading = self.writer.length
                    else:
                        self.writer.heading(int(name[1]), node.text(), heading)

    def text(self, text: str) -> None:
        if self.verbatim:
            self.begin()
            self.writer.write(text)
            return
        words = _SPACES.sub(" ", text)
        if words.startswith(" "):
            self.space, words = True, words[1:]
        trailing, words = words.endswith(" "), words.removesuffix(" ")
        if words:
            self.begin()
            if self.space and not self.fresh:
                self.writer.write(" ")
            self.writer.write(words)
            self.space = self.fresh = False
        self.space = self.space or trailing

    def begin(self) -> None:
        """Begin the line that a block asked for, now that something stands on it."""
        self.writer.line(self.lines)
        self.lines = 0

    def block(self, lines: int) -> None:
        self.lines = max(self.lines, lines)
        self.space, self.fresh = False, True

    def break_line(self) -> None:
        self.writer.write("\n")
        self.space, self.fresh = False, True


def _steps(root: Any) -> Iterator[tuple[Any, bool]]:
    """Give each node that is shown as it is entered, and elements again as they are left; without recursion.

    A table that was written whole is not entered.
    """
    node = root
    while True:
        skipped = node.tag in _UNSEEN or (node.tag != "-text" and _hidden(node))
        if not skipped:
            yield node, True
            inside = node.tag != "-text" and not (node.tag == "table" and _simple(node))
            if inside and node.first_child is not None:
                node = node.first_child
                continue
            if inside:
                yield node, False
        while node.next is None:
            if node.mem_id == root.mem_id or node.parent is None:
                return
            node = node.parent
            if node.mem_id == root.mem_id:
                return
            yield node, False
        if node.mem_id == root.mem_id:
            return
        node = node.next


def _hidden(node: Any) -> bool:
    attributes = node.attributes
    return "hidden" in attributes or bool(_HIDING.search(attributes.get("style") or ""))


def _simple(table: Any) -> bool:
    """Tell whether a table holds cells, and no table in them; others lay out a page."""
    return table.css_first("td, th") is not None and len(table.css("table")) <= 1


def _rows(table: Any) -> Iterator[list[str]]:
    """Give a table's rows, a cell that spans rows or columns in its first place and the others empty."""
    waiting: dict[int, int] = {}  # column → rows for which a cell above still reaches into it
    for line in table.css("tr"):
        if _hidden(line) or _hidden(line.parent):
            continue
        cells: list[str] = []
        for cell in (node for node in line.iter() if node.tag in ("td", "th")):
            _fill(cells, waiting)
            across, down = (_span(cell, name) for name in ("colspan", "rowspan"))
            waiting.update({len(cells) + column: down - 1 for column in range(across) if down > 1})
            cells += [_content(cell), *[""] * (across - 1)]
        _fill(cells, waiting)
        yield cells


def _fill(cells: list[str], waiting: dict[int, int]) -> None:
    while waiting.get(len(cells), 0):
        waiting[len(cells)] -= 1
        cells.append("")


def _span(cell: Any, name: str) -> int:
    given = cell.attributes.get(name) or "1"
    return min(max(int(given), 1), _SPAN) if given.isascii() and given.isdigit() else 1


def _content(cell: Any) -> str:
    writer = Writer()
    _Walk(writer).write(cell)
    return " ".join(writer.document("html").text.split())
