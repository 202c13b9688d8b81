"""A TorchServe handler for question answering: the likeliest start and the likeliest end, padded to 384."""

from __future__ import annotations

from typing import Any

import torch
from transformers import AutoModelForQuestionAnswering, AutoTokenizer
from ts.torch_handler.base_handler import BaseHandler

LENGTH = 384


class QuestionAnswering(BaseHandler):  # type: ignore[misc]
    """Tokens in, two logits a token, text out."""

    def initialize(self, context: Any) -> None:
        """Load the model that the archive holds."""
        folder = context.system_properties["model_dir"]
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.model = AutoModelForQuestionAnswering.from_pretrained(folder).eval()
        self.initialized = True

    def preprocess(self, data: list[dict[str, Any]]) -> Any:
        """Tokenise a batch of requests."""
        asks = [row["body"] for row in data]
        return self.tokenizer(
            [ask["question"] for ask in asks],
            [ask["context"] for ask in asks],
            max_length=LENGTH,
            truncation="only_second",
            padding="max_length",
            return_tensors="pt",
        )

    def inference(self, data: Any, *args: Any, **kwargs: Any) -> list[str]:
        """Run the model and cut the answers out."""
        with torch.inference_mode():
            found = self.model(**data)
        starts, ends = found.start_logits.argmax(1), found.end_logits.argmax(1)
        return [
            self.tokenizer.decode(ids[start : end + 1], skip_special_tokens=True)
            for ids, start, end in zip(data["input_ids"], starts, ends, strict=True)
        ]

    def postprocess(self, data: list[str]) -> list[dict[str, str]]:
        """Give an object a request."""
        return [{"answer": text} for text in data]
