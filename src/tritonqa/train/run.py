"""A reader and questions with their answers → a verified bundle that has learnt from them."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import entry_points
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

from tritonqa.bundle import Bundle, amend, read, staged
from tritonqa.client.address import is_address
from tritonqa.datasets import Dataset, Example, load_squad, save_examples
from tritonqa.datasets.example import require_text
from tritonqa.errors import InputError, MissingExtra
from tritonqa.evaluate.run import evaluate
from tritonqa.export import ExportOptions, export
from tritonqa.export.hub import HubName, download, is_hub_name
from tritonqa.export.sources.base import VERIFICATION
from tritonqa.progress import Report, silent
from tritonqa.reader import Reader
from tritonqa.reader.backend import Backend
from tritonqa.reader.load import load_in_process
from tritonqa.train.calibrate import calibrate, enough
from tritonqa.train.distinct import distinct
from tritonqa.train.options import Recipe
from tritonqa.train.sound import sound
from tritonqa.train.split import Split, split

FORMATS = ("checkpoint", "onnx", "onnx-int8")
_VERIFIED_ON = 1000  # questions at least
_LIBRARIES = ("torch", "transformers", "safetensors", "onnx", "onnxscript", "nncf")


@dataclass(frozen=True, slots=True)
class Trained:
    """The new bundle, how many questions it learnt from, and official figures on those held out.

    before are the figures of the source in fp32, after those of the bundle as it runs on this machine.
    """

    bundle: Bundle
    learnt: int
    held_out: int
    before: dict[str, Any]
    after: dict[str, Any]


def train(
    source: str,
    examples: Sequence[Example],
    folder: Path,
    recipe: Recipe | None = None,
    report: Report = silent,
    held_out: float = 0.1,
    max_f1_loss: float = 1.0,
) -> Trained:
    """Fine-tune a reader on all examples but a held-out share, and export it; refused, no bundle is left.

    source is a checkpoint's folder, a bundle that holds its checkpoint, an installed package's name, or a Hub
    id. What an interrupted run has reached stays in FOLDER.training, and the same call goes on from there.
    Every answer is checked first; sound(examples, skip_bad=True) leaves out what would be refused.
    max_f1_loss is what INT8 may lose, in points. report(stage, done, total) is called as the work goes on.
    Raises InputError, ExportError, BundleError, MissingExtra.
    """
    require_libraries()
    from tritonqa.train.fit import fit
    from tritonqa.train.start import Start

    recipe = recipe or Recipe()
    require_text(examples)
    parts = split(distinct(sound(examples)), held_out, recipe.seed)
    with staged(folder) as stage:
        start = Start.open(checkpoint_of(source, report))
        before = _judge(start.in_process(), parts, partial(report, "before"))
        model = fit(start, parts.learnt, recipe, training_folder(folder), report)
        start.save(model, stage / "checkpoint")
        bundle = _export(stage, parts, ExportOptions(FORMATS, folder.name, max_f1_loss=max_f1_loss), report)
        after = _judge(load_in_process(str(bundle.folder)), parts, partial(report, "after"))
        bundle.folder.rename(folder)
    shutil.rmtree(training_folder(folder))
    return Trained(read(folder), len(parts.learnt), len(parts.held), before, after)


def require_libraries() -> None:
    """Raise MissingExtra where a library is not installed that training or exporting takes."""
    for library in _LIBRARIES:
        if not find_spec(library):
            raise MissingExtra(library, "export")


def training_folder(folder: Path) -> Path:
    """Say where a run towards a bundle keeps what it has reached."""
    return folder.with_name(folder.name + ".training")


def checkpoint_of(source: str, report: Report = silent) -> Path:
    """Find the checkpoint of a reader.

    Raises InputError for an installed reader whose checkpoint is not, and what download() raises.
    """
    for point in entry_points(group="tritonqa.checkpoints", name=source):
        return Path(point.load()())
    if source in entry_points(group="tritonqa.models").names:
        raise InputError(
            f"the checkpoint of {source} is not installed; install it with: pip install {source}-checkpoint"
        )
    if is_address(source):
        raise InputError(
            f"{source} is the address of a Triton; train from a checkpoint, a bundle or a Hub id"
        )
    if not Path(source).exists() and is_hub_name(source):
        return download(HubName.parse(source), report).folder
    return Path(source)


def _export(stage: Path, parts: Split, options: ExportOptions, report: Report) -> Bundle:
    """Export stage/checkpoint, verified on what was held out, and calibrated where that is enough.

    What quantising loses can't be told from few questions: those of the exporter fill up.
    """
    asks, ranges = stage / "held.jsonl", stage / "learnt.jsonl"
    known = {example.id for example in parts.held}
    others = (example for example in load_squad(VERIFICATION).examples if example.id not in known)
    save_examples(asks, (*parts.held, *islice(others, max(0, _VERIFIED_ON - len(parts.held)))))
    save_examples(ranges, parts.learnt)
    verified = replace(options, asks=asks, ranges=ranges)
    bundle = export(stage / "checkpoint", stage / "bundle", verified, report)
    if not enough(parts.held):
        return bundle
    reader = load_in_process(str(bundle.folder))
    try:
        calibration, _ = calibrate(reader, parts.held, partial(report, "calibrating"))
    finally:
        reader.close()
    amend(bundle.folder, replace(bundle.manifest, calibration=calibration))
    return read(bundle.folder)


def _judge(backend: Backend, parts: Split, step: Any) -> dict[str, Any]:
    version = "1.1" if all(example.answers for example in parts.held) else "2.0"
    with Reader(backend) as reader:
        return evaluate(reader, Dataset(version, parts.held), step).figures
