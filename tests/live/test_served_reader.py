"""The reader on a real Triton answers as the reader in process does, over every protocol."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.serving import same
from tritonqa import Answers, AsyncReader, Reader
from tritonqa.datasets import load_squad
from tritonqa.triton.server.server import Server


def test_answers_are_those_of_the_reader_in_process(url: str, reader: Reader, data: Path) -> None:
    examples = load_squad(data / "squad-heldout-sample.json.gz").examples[:40]
    asks = [(example.question, [example.context, "🤗 e\u0301"]) for example in examples]
    with Reader.load(url) as remote:
        assert remote.calibration == reader.calibration
        for ours, theirs in zip(reader.ask_many(asks, top_k=2), remote.ask_many(asks, top_k=2), strict=True):
            same(ours, theirs)


def test_await(url: str, reader: Reader) -> None:
    async def ask() -> Answers:
        async with AsyncReader.load(url) as remote:
            return await remote.ask("Who wrote it?", "It was written by Ada.")

    same(reader.ask("Who wrote it?", "It was written by Ada."), asyncio.run(ask()))


def test_curl(server: Server) -> None:
    body = {"question": "Who wrote it?", "passages": ["It was written by Ada in 1843."], "top_k": 2}
    record = curl(f"{server.http}/v2/models/reader/generate", body)
    answers = json.loads(record["answers"])
    assert record["text"][0] == answers["answers"][0]["text"] == "Ada"
    assert set(answers) == {"question", "answers", "no_answer", "calibrated", "question_cut"}


def test_kserve(server: Server) -> None:
    inputs = [
        {"name": "question", "shape": [1], "datatype": "BYTES", "data": ["Who wrote it?"]},
        {"name": "passages", "shape": [2], "datatype": "BYTES", "data": ["", "It was written by Ada."]},
    ]
    body = {"inputs": inputs, "outputs": [{"name": "passage"}, {"name": "text"}]}
    found = curl(f"{server.http}/v2/models/reader/infer", body)["outputs"]
    assert {output["name"]: output["data"] for output in found} == {"passage": [1], "text": ["Ada"]}


def curl(url: str, body: object) -> dict[str, Any]:
    done = subprocess.run(
        ["curl", "--silent", "--show-error", "--data", json.dumps(body), url],
        capture_output=True,
        text=True,
        check=True,
    )
    record: dict[str, Any] = json.loads(done.stdout)
    return record


DOCS = Path(__file__).parent.parent.parent / "docs" / "triton" / "reference.md"
WRITTEN = [
    block
    for block in re.findall(r"```sh\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    if block.startswith("curl")
]


@pytest.mark.parametrize("block", WRITTEN, ids=["generate", "infer", "several"])
def test_the_commands_of_the_docs_work_as_written(server: Server, block: str) -> None:
    script = block.replace("http://127.0.0.1:8000", str(server.http))
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)
    assert '"Ada' in done.stdout.replace("\\", ""), done.stdout


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)


@settings(max_examples=40)
@given(TEXT.filter(str.strip), st.lists(TEXT, min_size=1, max_size=3), st.integers(1, 4))
def test_any_text_gives_the_same_there_and_here(
    url: str, reader: Reader, question: str, passages: list[str], top_k: int
) -> None:
    if not any(passage.strip() for passage in passages):
        passages = [*passages, "text"]
    with Reader.load(url) as remote:
        theirs = remote.ask(question, passages, top_k=top_k, no_answer_threshold=1.0)
    same(reader.ask(question, passages, top_k=top_k, no_answer_threshold=1.0), theirs)
    for answer in theirs:
        assert passages[answer.passage][answer.start : answer.end] == answer.text
