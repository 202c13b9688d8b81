"""A checkpoint in torch's hands: what every format is made from, and what all are held to."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

from tritonqa.errors import ExportError
from tritonqa.evaluate import Dataset, load_squad
from tritonqa.export.checkpoint import Checkpoint
from tritonqa.export.graph import export_graph
from tritonqa.export.model import load_model
from tritonqa.export.options import ExportOptions, Report
from tritonqa.export.program import ProgramEngine
from tritonqa.export.tokenizer import check_windows, load_tokenizer, plain
from tritonqa.export.verify import Exam, logits_of, prepare_asks
from tritonqa.features import Windowing

DATA = Path(__file__).parent / "data"
QUICK = 100


class Workshop:
    """Load a checkpoint once; graph and reference answers are made when first needed."""

    def __init__(self, checkpoint: Checkpoint, options: ExportOptions, report: Report) -> None:
        """Load model and tokenizer and check them against each other; raises ExportError."""
        self.options, self.report = options, report
        self.model = load_model(checkpoint)
        fast = load_tokenizer(checkpoint)
        self.tokenizer = plain(fast, self.model.vocabulary)
        self.windowing = _windowing(self.model.positions, options.max_length)
        check_windows(fast, self.quick.prepared, self.windowing, "token_type_ids" in self.model.inputs)

    @cached_property
    def graph(self) -> Any:
        """Export the module's graph."""
        return export_graph(self.model, self.windowing.max_length)

    @cached_property
    def dataset(self) -> Dataset:
        """Read the asks to verify on."""
        return load_squad(self.options.asks or DATA / "verification.jsonl.gz")

    @cached_property
    def quick(self) -> Exam:
        """Let torch answer some asks, spread over all."""
        rows = self.dataset.examples
        return self._exam(Dataset(self.dataset.version, rows[:: max(1, len(rows) // QUICK)][:QUICK]))

    @cached_property
    def whole(self) -> Exam:
        """Let torch answer all asks."""
        return self._exam(self.dataset)

    def _exam(self, dataset: Dataset) -> Exam:
        prepared = prepare_asks(dataset.examples, self.tokenizer, self.windowing)
        engine = ProgramEngine(self.model.module, self.model.inputs)
        return Exam(
            dataset, prepared, logits_of(engine, prepared, self.steps("torch answers", len(prepared)))
        )

    def steps(self, stage: str, total: int) -> Callable[[], None]:
        """Return what is to be called after each of total steps of a stage."""
        done = 0

        def step() -> None:
            nonlocal done
            done += 1
            self.report(stage, done, total)

        self.report(stage, 0, total)
        return step


def _windowing(positions: int | None, wanted: int | None) -> Windowing:
    """Size windows: the model's limit, down to a multiple of 8 (engines pad to that), or what is wanted."""
    if positions is None and wanted is None:
        raise ExportError(
            "config.json has no max_position_embeddings; say how long windows may be: --max-length"
        )
    default = Windowing()
    limit = positions // 8 * 8 if positions is not None else wanted or default.max_length
    if wanted is not None and wanted > limit:
        raise ExportError(f"max_length {wanted} is more than the model takes, {limit}")
    length = wanted or min(limit, default.max_length)
    if length >= default.max_length:
        return Windowing(max_length=length)
    return Windowing(length, stride=length // 3, max_question=length // 6)
