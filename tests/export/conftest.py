from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from tests.support import checkpoints
from tritonqa.export import ExportOptions, export


@pytest.fixture(scope="session")
def asks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a few asks of short questions: passages of one window and of several, and of many scripts."""
    with gzip.open(checkpoints.SAMPLE, "rt", encoding="utf-8") as stream:
        data = json.load(stream)["data"]
    rows = [
        {
            "id": q["id"],
            "context": p["context"][:length],
            "question": q["question"][:30],
            "answers": [{"text": "x"}],
        }
        for length, article in zip((200, 200, 200, 900), data, strict=False)
        for p in article["paragraphs"][:1]
        for q in p["qas"][:2]
    ]
    rows.append({**rows[0], "id": "scripts", "context": "👩‍👩‍👧‍👦 東京 e\u0301te\u0301 over 32+, 👍🏽."})
    path = tmp_path_factory.mktemp("asks") / "asks.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkpoints.make("bert", tmp_path_factory.mktemp("checkpoints") / "tiny-bert")


@pytest.fixture(scope="session")
def plain(bert: Path, asks: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Export one bundle in ONNX fp32; tests copy it."""
    folder = tmp_path_factory.mktemp("bundles") / "plain"
    export(bert, folder, ExportOptions(asks=asks))
    return folder
