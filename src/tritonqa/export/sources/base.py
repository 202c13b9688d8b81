"""What formats are made from, and what all are held to."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from tritonqa.datasets import Dataset, load_squad
from tritonqa.engine import Engine
from tritonqa.engine.base import Padding, pad_windows, rounded
from tritonqa.export.options import ExportOptions
from tritonqa.export.verify import Exam, logits_of, prepare_asks
from tritonqa.features import Windowing
from tritonqa.progress import Report

DATA = Path(__file__).parents[1] / "data"
VERIFICATION = DATA / "verification.jsonl.gz"


class Source(ABC):
    """A source opened once; the reference's answers and the fp32 ONNX are made when first needed."""

    tokenizer: Tokenizer
    windowing: Windowing
    inputs: tuple[str, ...]
    positions: int | None

    def __init__(self, options: ExportOptions, report: Report) -> None:
        """Take the options and who is told of the work's steps."""
        self.options, self.report = options, report

    @abstractmethod
    def reference(self) -> Engine:
        """Open what every format is held to."""

    @abstractmethod
    def onnx(self, stage: Path) -> Path:
        """Return the fp32 ONNX file, written into the stage where there is none yet."""

    def release_model(self) -> None:  # noqa: B027
        """Free what only the reference needs."""

    @cached_property
    def quick(self) -> Exam:
        """Let the reference answer some asks, spread over all."""
        rows = self._dataset.examples
        few = min(self.options.compared, len(rows))
        return self._exam(Dataset(self._dataset.version, rows[:: len(rows) // few][:few]))

    @cached_property
    def whole(self) -> Exam:
        """Let the reference answer all asks."""
        return self._exam(self._dataset)

    @cached_property
    def ranges(self) -> list[dict[str, np.ndarray]]:
        """Give the inputs that set the ranges of static INT8, of asks that are not verified on."""
        examples = load_squad(self.options.ranges or DATA / "ranges.jsonl.gz").examples
        wanted = self.options.quantisation.asks
        spread = examples[:: max(1, len(examples) // wanted)][:wanted]
        asks = prepare_asks(spread, self.tokenizer, self.windowing)
        first = [item.windows[0] for item in asks]
        inputs = (pad_windows([window], rounded(len(window), Padding.round_to)) for window in first)
        return [{name: known[name] for name in self.inputs} for known in inputs]

    def steps(self, stage: str, total: int) -> Callable[[], None]:
        """Return what is to be called after each of total steps of a stage."""
        done = 0

        def step() -> None:
            nonlocal done
            done += 1
            self.report(stage, done, total)

        self.report(stage, 0, total)
        return step

    @cached_property
    def _dataset(self) -> Dataset:
        return load_squad(self.options.asks or VERIFICATION)

    def _exam(self, dataset: Dataset) -> Exam:
        prepared = prepare_asks(dataset.examples, self.tokenizer, self.windowing)
        step = self.steps("answers to hold to", len(prepared))
        return Exam(dataset, prepared, logits_of(self.reference(), prepared, step))
