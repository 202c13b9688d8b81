"""Read every document below a folder, each apart, and say what came of it.

python benchmarks/documents.py FOLDER [--manifest manifest.json]; the manifest may tell passwords:
{"files": [{"file", "password"}]}. Every file is read or named with its reason. Then a PDF of 2,000 pages is
made and read.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fpdf import FPDF
from pypdfium2 import PdfDocument
from record import record

from tritonqa.errors import DocumentError
from tritonqa.library.parse import ParseOptions, apart, excerpt_apart, parse_apart

PAGES = 2000


def main() -> None:
    """Read, print a line a file, and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--manifest", type=Path)
    parser.add_argument("--seconds", type=float, default=60.0)
    given = parser.parse_args()
    listed = json.loads(given.manifest.read_text(encoding="utf-8"))["files"] if given.manifest else []
    passwords = {one["file"]: one.get("password") for one in listed}
    files = sorted(path for path in given.folder.rglob("*") if path.is_file())
    begun = time.perf_counter()
    rows = [row(path, given.folder, passwords, given.seconds) for path in files]
    took = time.perf_counter() - begun
    kept = [one for one in rows if one["outcome"] != "read" or "without_password" in one]
    figures: dict[str, Any] = {"files": len(rows), "seconds": round(took, 1), "parser_mb": parser_megabytes()}
    figures |= {"outcomes": dict(Counter(one["outcome"] for one in rows)), "long": long_pdf()}
    record(
        "documents", {**figures, "slowest": max(rows, key=lambda one: one["seconds"]), "not_just_read": kept}
    )


def parser_megabytes() -> int:
    """Return the most memory that the parser's process has taken."""
    process = apart._PARSER._process
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8") if process else ""
    return int(status.partition("VmHWM:")[2].split()[0] or 0) // 1024


def long_pdf() -> dict[str, Any]:
    """Read a PDF of many pages in a parser of its own."""
    apart._PARSER.close()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "long.pdf"
        long_file(path)
        begun = time.perf_counter()
        document = parse_apart(path, ParseOptions(seconds=600))
        took = time.perf_counter() - begun
        start = document.pages[-1].start
        begun = time.perf_counter()
        excerpt_apart(path, document.pages, start, start + 20)
        again = time.perf_counter() - begun
    return {
        "pages": len(document.pages),
        "characters": len(document.text),
        "seconds": round(took, 1),
        "excerpt_seconds": round(again, 3),
        "parser_mb": parser_megabytes(),
    }


def long_file(path: Path) -> None:
    """Write a PDF of PAGES pages of 500 words."""
    made = FPDF()
    made.set_font("helvetica", size=10)
    made.add_page()
    made.multi_cell(0, text=" ".join(f"word{place}" for place in range(500)))
    page, whole = PdfDocument(bytes(made.output())), PdfDocument.new()
    whole.import_pages(page, [0] * PAGES)
    whole.save(path)


def row(path: Path, folder: Path, passwords: dict[str, str | None], seconds: float) -> dict[str, Any]:
    """Read one file; encrypted ones first without their password, which must be refused."""
    name = str(path.relative_to(folder))
    password = passwords.get(name)
    begun = time.perf_counter()
    found: dict[str, Any] = {"file": name}
    try:
        if password:
            found["without_password"] = refused(path, seconds)
        options = ParseOptions(passwords=(password,) if password else (), seconds=seconds)
        document = parse_apart(path, options)
        found |= {"outcome": "read" if document.text.strip() else "no text", "kind": document.kind}
        found |= {"characters": len(document.text), "pages": len(document.pages), "notes": document.notes}
    except DocumentError as error:
        found |= {"outcome": "named", "reason": error.reason}
    found["seconds"] = round(time.perf_counter() - begun, 2)
    return found


def refused(path: Path, seconds: float) -> str:
    """Return why a file is not read without its password."""
    try:
        parse_apart(path, ParseOptions(seconds=seconds))
    except DocumentError as error:
        return error.reason
    return "was read"


if __name__ == "__main__":
    main()
