"""Files of pages and a reader → a file of predictions, whole or, cut short, to go on from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from math import inf
from pathlib import Path
from typing import Any, Self

from tritonqa.bundle import PageReading
from tritonqa.checks import check_fields, number, one_of, whole_number
from tritonqa.datasets.natural_questions import (
    Reading,
    Skip,
    is_csv,
    read_pages,
    write_csv,
    write_predictions,
)
from tritonqa.errors import InputError, OutputError
from tritonqa.natural_questions.answer import SCORE
from tritonqa.natural_questions.partial import Partial
from tritonqa.natural_questions.passages import MARKUPS
from tritonqa.natural_questions.predict import predict
from tritonqa.reader.in_process import InProcess
from tritonqa.staging import one_writer, require_other, whole_file


@dataclass(frozen=True, slots=True)
class PageOptions:
    """How pages are read: markup "drop" or "tag" as passages() says, limit of them at most.

    longest is how many words of the page a short answer has at most; None lets it be as long as it likes.
    resume goes on from what an interrupted run has left. A CSV, which has no scores, holds long answers from
    long_threshold on and short ones from short_threshold on; JSON holds every page's best, for the metric
    finds the threshold.
    """

    markup: str = "drop"
    long_threshold: float = -inf
    short_threshold: float = -inf
    limit: int | None = None
    longest: int | None = None
    resume: bool = False

    def __post_init__(self) -> None:
        """Raise InputError for values out of range, by name."""
        check_fields(self, one_of, "markup", known=MARKUPS)
        check_fields(self, number, "long_threshold", "short_threshold", most=inf)
        check_fields(self, whole_number, "limit", "longest", least=1)

    @classmethod
    def of(cls, pages: PageReading | None, **given: Any) -> Self:
        """Take what is not given, or None, from what a bundle says of pages; raises as PageOptions."""
        known: dict[str, Any] = {}
        if pages is not None:
            known = {"markup": pages.markup}
            known |= {"long_threshold": pages.long_from, "short_threshold": pages.short_from}
        return cls(**known | {name: value for name, value in given.items() if value is not None})


def predict_files(
    reader: InProcess,
    name: str,
    files: Iterable[Path],
    output: Path,
    options: PageOptions,
    skip: Skip | None = None,
    step: Callable[[int, int | None], None] | None = None,
) -> int:
    """Predict the pages of files and return how many there are.

    Each prediction is in OUTPUT.partial as soon as it is made; to resume is as if the run had not been cut
    short. OUTPUT takes its place when all is there. name says which reader it is, for a run is resumed by the
    same. Raises InputError, also while another process predicts into OUTPUT, OutputError, EngineError; skip
    is read_pages'.
    """
    paths = list(files)
    require_other(output, "output", paths)
    if output.is_dir() or output.suffix == ".gz":
        why = "it is a folder" if output.is_dir() else "predictions are not packed"
        raise OutputError(f"output {output} can't be written: {why}; name a file, .json or .csv")
    sizes = [[path.name, _size(path)] for path in paths]
    run = {
        "reader": name,
        "weights": reader.fingerprint,
        "markup": options.markup,
        "longest": options.longest,
        "files": sizes,
    }
    place, lock = (output.with_name(output.name + end) for end in (".partial", ".lock"))
    busy = f"another run is predicting into {output}; wait for it, or choose another output"
    with one_writer(lock, busy), Partial(place, run, resume=options.resume) as partial:
        reading = Reading(paths)
        pages = islice(read_pages(paths, skip, reading), options.limit)
        waiting = (page for page in pages if page.id not in partial.done)
        for prediction in predict(reader, waiting, options.markup, options.longest):
            partial.add(prediction)
            if step is not None:
                there = reading.pages(len(partial.done))
                step(len(partial.done), min(filter(None, (there, options.limit)), default=None))
    if not partial.done:
        partial.path.unlink()
        raise InputError("the files hold no pages; give files of Natural Questions")
    _write(output, partial, options)
    partial.path.unlink()
    return len(partial.done)


def _write(output: Path, partial: Partial, options: PageOptions) -> None:
    """Write the file beside its place, then move it there."""
    try:
        with whole_file(output) as stream:
            if is_csv(output):
                write_csv(stream, partial.predictions(), options.long_threshold, options.short_threshold)
            else:
                write_predictions(stream, partial.predictions(), score=SCORE)
    except OSError as error:
        raise OutputError(
            f"{output} can't be written: {error.strerror}; nothing is lost, {partial.path} holds all of it: "
            "make room, and go on with --resume"
        ) from error


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise InputError(
            f"{path} can't be read: {error.strerror}; give files of Natural Questions"
        ) from error
