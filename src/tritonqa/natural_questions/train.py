"""Files of annotated pages and a reader → a verified bundle that has learnt from them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

from tritonqa.bundle import Bundle, PageReading, amend, read, staged
from tritonqa.checks import check_fields, number, one_of, whole_number
from tritonqa.datasets import save_examples
from tritonqa.datasets.natural_questions import Page, Skip, read_pages, title_of
from tritonqa.errors import InputError
from tritonqa.evaluate.natural_questions import evaluate
from tritonqa.export import ExportOptions, export
from tritonqa.natural_questions.lessons import PageExample, page_examples
from tritonqa.natural_questions.passages import MARKUPS
from tritonqa.natural_questions.predict import predict
from tritonqa.progress import Report, silent
from tritonqa.reader.load import load_in_process
from tritonqa.train import Augmentation, Optimisation, Recipe
from tritonqa.train.run import FORMATS, checkpoint_of, require_libraries, training_folder

_FIT = Recipe(
    epochs=1.0,
    augmentation=Augmentation(look_alike=0, cut=0, noise=0),
    optimisation=Optimisation(learning_rate=1e-4, averaging=0.98),
)


@dataclass(frozen=True, slots=True)
class PageRecipe:
    """How to learn from pages.

    markup as passages() says; nulls passages without the answer are drawn from each page; held_out is the
    share of pages, all questions of one together, that thresholds are fitted on: judged of them at most.
    Before all else yes_no_epochs go over what yes or no answers, alone: among the rest a reader doesn't learn
    to tell them apart.
    """

    markup: str = "drop"
    nulls: int = 2
    held_out: float = 0.1
    judged: int = 500
    yes_no_epochs: float = 0.0
    fit: Recipe = _FIT

    def __post_init__(self) -> None:
        """Raise InputError for what can't be learnt by."""
        check_fields(self, one_of, "markup", known=MARKUPS)
        check_fields(self, whole_number, "nulls", "judged", least=1)  # without a null, all would be answers
        check_fields(self, number, "held_out", above=0, below=1)
        check_fields(self, number, "yes_no_epochs", least=0)


@dataclass(frozen=True, slots=True)
class TrainedPages:
    """The new bundle, how many passages it learnt from, and figures on pages that it did not see."""

    bundle: Bundle
    learnt: int
    figures: dict[str, Any]


def train_pages(
    source: str,
    files: Sequence[Path],
    folder: Path,
    recipe: PageRecipe | None = None,
    report: Report = silent,
    skip: Skip | None = None,
    options: ExportOptions | None = None,
) -> TrainedPages:
    """Teach a reader spans and answer types, export it, and fit the thresholds; refused, no bundle is left.

    Pages are streamed; what is held of them are the passages that are learnt from. An interrupted run goes on
    from FOLDER.training when it is asked for again. options say what to export and how to verify it; by
    default the checkpoint, ONNX and INT8. Raises InputError, ExportError, BundleError, MissingExtra; skip is
    read_pages'.
    """
    require_libraries()
    from tritonqa.natural_questions.start import PageStart, page_loss, yes_no_loss
    from tritonqa.train.fit import fit

    recipe = recipe or PageRecipe()
    learnt = (page for page in read_pages(files, skip) if not _is_held(page, recipe.held_out))
    examples = list(page_examples(learnt, recipe.markup, recipe.nulls, recipe.fit.seed))
    if not any(example.answer_type != "null" for example in examples):
        raise InputError("the files hold no page with an answer to learn from; give annotated pages")
    if next(_held(files, recipe), None) is None:
        raise InputError("held_out leaves no annotated page to judge by; raise it, or give more pages")
    with staged(folder) as stage:
        start = PageStart.open(checkpoint_of(source, report))
        kept, known = training_folder(folder), [one for one in examples if one.answer_type in ("yes", "no")]
        if recipe.yes_no_epochs and known:
            first, step = replace(recipe.fit, epochs=recipe.yes_no_epochs), _renamed(report, "yes or no")
            model = fit(start, known, first, kept / "yes-no", step, yes_no_loss)
            start.model.load_state_dict(model.state_dict())
            start = replace(start, digest=f"{start.digest}, yes or no {recipe.yes_no_epochs:g} times")
        model = fit(start, examples, recipe.fit, kept, report, page_loss)
        start.save(model, stage / "checkpoint")
        bundle = _export(stage, examples, options or ExportOptions(FORMATS), report)
        figures = _fit_thresholds(bundle, list(_held(files, recipe)), recipe.markup, report)
        bundle.folder.rename(folder)
    shutil.rmtree(training_folder(folder))
    return TrainedPages(read(folder), len(examples), figures)


def _renamed(report: Report, stage: str) -> Report:
    return lambda _, done, total: report(stage, done, total)


def _export(stage: Path, examples: Sequence[PageExample], options: ExportOptions, report: Report) -> Bundle:
    """Export stage/checkpoint; INT8's ranges are those of passages that answer."""
    ranges = stage / "learnt.jsonl"
    save_examples(ranges, islice((example for example in examples if example.answers), 1000))
    known = replace(options, name=options.name or stage.name)
    if ranges.stat().st_size and options.ranges is None:
        known = replace(known, ranges=ranges)
    return export(stage / "checkpoint", stage / "bundle", known, report)


def _fit_thresholds(bundle: Bundle, pages: Sequence[Page], markup: str, report: Report) -> dict[str, Any]:
    """Judge the bundle as it runs here, and write the scores that F1 is best from into it."""
    reader, found = load_in_process(str(bundle.folder)), {}
    try:
        for prediction in predict(reader, pages, markup):
            found[prediction.id] = prediction
            report("judging", len(found), len(pages))
    finally:
        reader.close()
    figures = evaluate({page.id: page.annotations for page in pages}, found).figures
    thresholds = (float(figures[f"{kind}-best-threshold"]) for kind in ("long", "short"))
    amend(bundle.folder, replace(bundle.manifest, pages=PageReading(markup, *thresholds)))
    return figures


def _held(files: Sequence[Path], recipe: PageRecipe) -> Iterator[Page]:
    """Give the pages to judge by, those that are not valid left out: the first pass has said them."""
    pages = read_pages(files, lambda error: None)
    held = (page for page in pages if page.annotations and _is_held(page, recipe.held_out))
    return islice(held, recipe.judged)


def _is_held(page: Page, share: float) -> bool:
    """Say whether a page is kept apart, by its title or address: another question of it is, too."""
    digest = sha256((title_of(page.url) or page.url or str(page.id)).encode()).digest()
    return int.from_bytes(digest[:4], "big") < share * 2**32
