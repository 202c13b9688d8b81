"""Each text is tokenised once, by the packaged reader's own tokenizer."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from tokenizers import Encoding, Tokenizer

from tritonqa import AsyncReader, Reader
from tritonqa.reader.load import load_in_process


class Counting:
    """A tokenizer that counts the characters it was given of each text."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer
        self.seen: Counter[str] = Counter()

    def encode(self, text: str, **options: Any) -> Encoding:
        self.seen[text] += 1
        return self.tokenizer.encode(text, **options)

    def encode_batch(self, texts: Sequence[str], **options: Any) -> list[Encoding]:
        self.seen.update(texts)
        return list(self.tokenizer.encode_batch(texts, **options))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.tokenizer, name)


@pytest.fixture
def counted() -> Iterator[tuple[Reader, Counter[str]]]:
    backend = load_in_process(engine="toy")
    backend.tokenizer.tokenise_all(["first"])  # probes what kind of tokenizer it is
    counting = Counting(backend.tokenizer._tokenizer)
    backend.tokenizer._tokenizer = counting  # type: ignore[assignment]
    with Reader(backend) as reader:
        yield reader, counting.seen


def test_many_questions_over_a_document_tokenise_it_once(counted: tuple[Reader, Counter[str]]) -> None:
    reader, seen = counted
    document = "".join(f"Tower {i} was built by masons in {i}. " for i in range(9_000))  # 100 pages
    questions = [f"When was tower {i} built?" for i in range(20)]
    assert len(document) > 300_000
    list(reader.ask_many((question, document) for question in questions))
    of_document = [text for text in seen if text not in questions and len(text) > len("a b")]
    assert "".join(of_document) == document
    assert set(seen.values()) == {1}


def test_questions_at_once_over_a_document_tokenise_it_once(counted: tuple[Reader, Counter[str]]) -> None:
    reader, seen = counted
    document = "".join(f"Tower {i} was built by masons in {i}. " for i in range(9_000))

    async def ask_all() -> None:
        other = AsyncReader(reader.backend)
        await asyncio.gather(*(other.ask(f"When was tower {i} built?", document) for i in range(8)))

    asyncio.run(ask_all())
    assert set(seen.values()) == {1}


def test_a_question_over_many_passages_is_tokenised_once(counted: tuple[Reader, Counter[str]]) -> None:
    reader, seen = counted
    passages = [f"Tower {i} was built by masons." for i in range(1_000)]
    reader.ask("Which tower?", passages * 2)
    assert seen == Counter({"Which tower?": 1, **dict.fromkeys(passages, 1)})
