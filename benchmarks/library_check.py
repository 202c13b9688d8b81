"""Ask a library of mixed documents many times, and hold every place of every answer against its file.

    python benchmarks/library_check.py FOLDER [--asks 10000] [--read 300] [--seconds 1500]

FOLDER holds documents of all kinds. Questions are sentences of the documents. asks are answered by the toy
engine, whose spans are as arbitrary as an untrained reader's and cost little: the law is about places, not
about being right; read are answered by the packaged reader. seconds bound either.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from record import record

from tritonqa import Library, Reader
from tritonqa.library.answer import CitedAnswers
from tritonqa.library.check import check, questions_of
from tritonqa.library.parse import ParseOptions
from tritonqa.library.store import EVERYTHING
from tritonqa.library.store.sqlite import SqliteStore
from tritonqa.progress import bar


def asked(library: Library, questions: list[str], seconds: float) -> Iterator[CitedAnswers]:
    """Give the answers to questions until the time is up."""
    ends = time.monotonic() + seconds
    for question in questions:
        if time.monotonic() > ends:
            return
        yield library.ask(question, no_answer_threshold=1.0, passages=5)


def main() -> None:
    """Index, ask, compare."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--asks", type=int, default=10_000)
    parser.add_argument("--read", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=1_500)
    options = parser.parse_args()
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "x.library"
        with Library(folder) as made:
            made.add([options.folder.resolve()], vectors=False)
        with SqliteStore(folder).read(EVERYTHING) as view:
            kinds = Counter(file.path.suffix for file in view.files() if not file.reason)
            figures["documents"] = dict(sorted(kinds.items()))
            questions = list(questions_of(view, max(options.asks, options.read)))
        for engine, count in (("toy", options.asks), (None, options.read)):
            with Reader.load(engine=engine) as reader, Library(folder, reader) as library:
                with bar("asks") as step:
                    answers = asked(library, questions[:count], options.seconds)
                    found = check(answers, count, ParseOptions(), step)
            figures[engine or "packaged"] = found.to_dict()
    record("library-check", figures)


if __name__ == "__main__":
    main()
