"""Query and documents → extracted answers."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

from haystack import Document, ExtractedAnswer, component, default_from_dict, default_to_dict
from haystack.utils import Secret

from haystack_integrations.components.readers.tritonqa.documents import readable
from haystack_integrations.components.readers.tritonqa.extracted import extracted
from haystack_integrations.components.readers.tritonqa.loading import checked_kwargs, open_reader
from tritonqa import AsyncReader, Decoding, Reader
from tritonqa.checks import flag, number


@component
class TritonQAReader:
    """
    Quotes the words of documents that answer a query.

    Every answer stands in its document, `document.content[start:end] == data`, and its score is the
    probability that it is right, fitted on held-out questions. All documents of a query compete in one scale.

    Usage example:
    ```python
    from haystack import Document
    from haystack_integrations.components.readers.tritonqa import TritonQAReader

    reader = TritonQAReader()
    result = reader.run("Who wrote it?", [Document(content="It was written by Ada Lovelace in 1843.")])
    assert result["answers"][0].data == "Ada Lovelace"
    ```
    """

    def __init__(
        self,
        model: Path | str = "tritonqa-minilm",
        token: Secret | None = Secret.from_env_var(["HF_API_TOKEN", "HF_TOKEN"], strict=False),
        triton_token: Secret | None = Secret.from_env_var("TRITONQA_TOKEN", strict=False),
        top_k: int = 20,
        score_threshold: float | None = None,
        no_answer: bool = True,
        no_answer_threshold: float = 1.0,
        model_kwargs: dict[str, Any] | None = None,
    ) -> None:
        """
        Creates a reader; the model is loaded by `warm_up`, or by the first run.

        :param model:
            An installed model package, a bundle's folder, a checkpoint on the Hugging Face Hub (`owner/name`,
            which is exported into the user's cache once), or the address of a Triton
            (`grpc://host:8001`, `http://host:8000`).
        :param token:
            The API token to download private checkpoints from the Hub with.
        :param triton_token:
            The bearer token to show to a Triton, or to the proxy in front of it.
        :param top_k:
            How many answers to return at most; the one without text comes on top.
        :param score_threshold:
            Returns only answers whose score is at least this.
        :param no_answer:
            Whether to return an answer without text, whose score is the probability that the documents do not
            answer the query.
        :param no_answer_threshold:
            Returns answers only while the probability of no answer is at most this; 1.0 always returns them.
        :param model_kwargs:
            What else the model is loaded with: `engine`, `precision`, and the fields of `windowing`,
            `decoding` and `connection` as dictionaries.
        :raises InputError:
            If a value is out of range.
        """
        self.model = str(model)
        self.token = token
        self.triton_token = triton_token
        self.top_k = top_k
        self.score_threshold = score_threshold
        self.no_answer = no_answer
        self.no_answer_threshold = no_answer_threshold
        self.model_kwargs = model_kwargs
        Decoding(top_k=top_k, no_answer_threshold=no_answer_threshold)
        self._filter(None, None)
        checked_kwargs(model_kwargs)
        self._open: tuple[Reader, AsyncReader] | None = None
        self._opening = threading.Lock()

    def to_dict(self) -> dict[str, Any]:
        """
        Serializes the component; of secrets, only where they are read from.

        :returns:
            Dictionary with serialized data.
        """
        return default_to_dict(
            self,
            model=self.model,
            token=self.token,
            triton_token=self.triton_token,
            top_k=self.top_k,
            score_threshold=self.score_threshold,
            no_answer=self.no_answer,
            no_answer_threshold=self.no_answer_threshold,
            model_kwargs=self.model_kwargs,
        )

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> TritonQAReader:
        """
        Deserializes the component.

        :param data:
            Dictionary to deserialize from.
        :returns:
            Deserialized component.
        """
        return default_from_dict(cls, data)

    def warm_up(self) -> None:
        """
        Loads the model, once.

        :raises TritonQAError:
            If there is no such model, or it can't be loaded here.
        """
        self._opened()

    async def warm_up_async(self) -> None:
        """
        Loads the model, once, without blocking the event loop.
        """
        await asyncio.to_thread(self.warm_up)

    def close(self) -> None:
        """
        Lets go of the model; `warm_up` or the next run loads it again.
        """
        with self._opening:
            opened, self._open = self._open, None
        if opened is not None:
            opened[0].close()

    async def close_async(self) -> None:
        """
        Lets go of the model, without blocking the event loop.
        """
        await asyncio.to_thread(self.close)

    @component.output_types(answers=list[ExtractedAnswer])
    def run(
        self,
        query: str,
        documents: list[Document],
        top_k: int | None = None,
        no_answer_threshold: float | None = None,
        score_threshold: float | None = None,
        no_answer: bool | None = None,
    ) -> dict[str, Any]:
        """
        Finds the answers to a query in documents.

        Documents without text are left out, with a warning. What is `None` is as it was given at creation.

        :param query:
            The question.
        :param documents:
            The documents to read.
        :param top_k:
            How many answers to return at most; the one without text comes on top.
        :param no_answer_threshold:
            Returns answers only while the probability of no answer is at most this.
        :param score_threshold:
            Returns only answers whose score is at least this.
        :param no_answer:
            Whether to return an answer without text.
        :returns:
            A dictionary with `answers`, the likeliest first; none where no document has text.
        :raises TritonQAError:
            If a value is out of range, or the model can't be run.
        """
        reader, _ = self._opened()
        chosen = self._filter(score_threshold, no_answer)
        read = readable(documents)
        if not read:
            return {"answers": []}
        answers = reader.ask(query, _texts(read), **self._options(top_k, no_answer_threshold))
        return {"answers": extracted(answers, read, *chosen)}

    @component.output_types(answers=list[ExtractedAnswer])
    async def run_async(
        self,
        query: str,
        documents: list[Document],
        top_k: int | None = None,
        no_answer_threshold: float | None = None,
        score_threshold: float | None = None,
        no_answer: bool | None = None,
    ) -> dict[str, Any]:
        """
        Finds the answers to a query in documents as `run` does, without blocking the event loop.

        :param query:
            The question.
        :param documents:
            The documents to read.
        :param top_k:
            How many answers to return at most; the one without text comes on top.
        :param no_answer_threshold:
            Returns answers only while the probability of no answer is at most this.
        :param score_threshold:
            Returns only answers whose score is at least this.
        :param no_answer:
            Whether to return an answer without text.
        :returns:
            A dictionary with `answers`, the likeliest first; none where no document has text.
        :raises TritonQAError:
            If a value is out of range, or the model can't be run.
        """
        _, reader = await asyncio.to_thread(self._opened) if self._open is None else self._open
        chosen = self._filter(score_threshold, no_answer)
        read = readable(documents)
        if not read:
            return {"answers": []}
        answers = await reader.ask(query, _texts(read), **self._options(top_k, no_answer_threshold))
        return {"answers": extracted(answers, read, *chosen)}

    def _opened(self) -> tuple[Reader, AsyncReader]:
        with self._opening:
            if self._open is None:
                reader = open_reader(self.model, self.token, self.triton_token, self.model_kwargs)
                self._open = reader, AsyncReader(reader.backend)
            return self._open

    def _options(self, top_k: int | None, no_answer_threshold: float | None) -> dict[str, Any]:
        most = self.no_answer_threshold if no_answer_threshold is None else no_answer_threshold
        return {"top_k": self.top_k if top_k is None else top_k, "no_answer_threshold": most}

    def _filter(self, score_threshold: float | None, no_answer: bool | None) -> tuple[float, bool]:
        """Return the least score, and whether the answer without text is wanted."""
        least = self.score_threshold if score_threshold is None else score_threshold
        wanted = self.no_answer if no_answer is None else no_answer
        return number("score_threshold", least or 0, 0, 1), flag("no_answer", wanted)


def _texts(documents: list[Document]) -> list[str]:
    return [str(document.content) for document in documents]
