"""A runtime of MLServer around transformers' pipeline."""

from __future__ import annotations

from typing import Any, List  # noqa: UP035 - what MLServer knows

from mlserver import MLModel
from mlserver.codecs import decode_args
from transformers import pipeline


class QuestionAnswering(MLModel):  # type: ignore[misc]
    """Questions and contexts in, answers out."""

    async def load(self) -> bool:
        """Load the pipeline."""
        place = self.settings.parameters.uri
        self.reader: Any = pipeline("question-answering", model=place, tokenizer=place, device=-1)
        return True

    @decode_args  # type: ignore[untyped-decorator]
    async def predict(self, question: List[str], context: List[str]) -> List[str]:  # noqa: UP006
        """Answer."""
        return [
            self.reader(question=one, context=other)["answer"]
            for one, other in zip(question, context, strict=True)
        ]
