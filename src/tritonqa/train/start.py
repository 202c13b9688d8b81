"""Source → what training starts from: a model, its tokenizer and its windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tritonqa.datasets import Example
from tritonqa.engine.silence import silence_transformers
from tritonqa.export.checkpoint import open_checkpoint
from tritonqa.export.model import Model, load_model
from tritonqa.export.sources.checkpoint import fitting
from tritonqa.export.tokenizer import bundled_tokenizer, load_tokenizer
from tritonqa.export.torch_engine import ProgramEngine
from tritonqa.features import Template, TextTokenizer, Windowing
from tritonqa.reader.in_process import InProcess
from tritonqa.train.attention import choose_attention
from tritonqa.train.epoch import Lessons
from tritonqa.train.options import Recipe


@dataclass(frozen=True)
class Start:
    """A transformers model for question answering and its own tokenizer; digest tells its weights."""

    model: Any
    tokenizer: Any
    loaded: Model
    digest: str

    @classmethod
    def open(cls, folder: Path, *, new_head: bool = False) -> Self:
        """Load a checkpoint; new_head takes an encoder too, its head random.

        Raises InputError and ExportError as export does.
        """
        checkpoint = open_checkpoint(folder)
        loaded = load_model(checkpoint, new_head=new_head)
        model = loaded.module.model.requires_grad_(True)
        choose_attention(model)
        tokenizer = load_tokenizer(checkpoint)
        fed = loaded.fed_by(bundled_tokenizer(tokenizer, loaded.vocabulary))
        return cls(model, tokenizer, fed, checkpoint.digest())

    @property
    def typed(self) -> bool:
        """Say whether the model takes token types."""
        return "token_type_ids" in self.loaded.inputs

    def in_process(self) -> InProcess:
        """Open a reader on the model as it is now, in fp32."""
        engine = ProgramEngine(self.loaded.module, self.loaded.inputs)
        return InProcess(
            bundled_tokenizer(self.tokenizer, self.loaded.vocabulary), engine, windowing=self._windowing
        )

    def lessons(self, examples: Sequence[Example], recipe: Recipe) -> Lessons:
        """Say how these examples become windows of this model."""
        tokenizer = bundled_tokenizer(self.tokenizer, self.loaded.vocabulary)
        template, texts = Template.of(tokenizer), TextTokenizer(tokenizer)
        return Lessons(
            examples, texts, template, self._windowing, recipe.augmentation, recipe.cropping, recipe.seed
        )

    def save(self, model: Any, folder: Path) -> None:
        """Write a trained model as a checkpoint, as transformers does."""
        with silence_transformers():
            model.to("cpu").save_pretrained(folder)
            self.tokenizer.save_pretrained(folder)

    @property
    def _windowing(self) -> Windowing:
        return fitting(self.loaded.positions, None)
