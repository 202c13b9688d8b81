"""LitServe around transformers' pipeline."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from litserve import LitAPI, LitServer
from transformers import pipeline

from peers.serving import AT_ONCE, Posts, free_ports, started

__all__ = ["AT_ONCE", "load"]


class QuestionAnswering(LitAPI):  # type: ignore[misc]
    """A question and a context in, an answer out."""

    def setup(self, device: str) -> None:
        """Load the pipeline in the server's worker."""
        self.reader = pipeline("question-answering", model=sys.argv[1], tokenizer=sys.argv[1], device=device)

    def predict(self, request: dict[str, str]) -> Any:
        """Answer."""
        return self.reader(question=request["question"], context=request["context"])

    def encode_response(self, output: Any) -> dict[str, str]:
        """Give an object."""
        return {"answer": output["answer"]}


@contextmanager
def load(checkpoint: Path, folder: Path) -> Iterator[Callable[[str, str], str]]:
    """Start it."""
    [port] = free_ports(1)
    post, url = Posts(), f"http://127.0.0.1:{port}"
    with started([sys.executable, __file__, str(checkpoint), str(port)], f"{url}/health", folder):
        yield lambda question, context: post(f"{url}/predict", {"question": question, "context": context})[
            "answer"
        ]


if __name__ == "__main__":
    LitServer(QuestionAnswering(), accelerator="cpu").run(
        host="127.0.0.1", port=int(sys.argv[2]), generate_client_file=False
    )
