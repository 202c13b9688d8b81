"""A small folder of the files that the recipe reads."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from models.minilm.recipe.mixture import CONTRACTS, SEARCH, SQUAD, TESTS, TIMES


def row(name: str, number: int, **changes: Any) -> dict[str, Any]:
    words = " ".join(f"{name}{number}word{i}" for i in range(12))
    context = f"In ( 1986 -- 1987 ) , {words} . It ended ."
    answers = [{"text": "1986 -- 1987", "answer_start": 5}]
    found = {
        "id": f"{name}{number}",
        "title": f"{name} {number % 40}",
        "context": context,
        "answers": answers,
    }
    return {**found, "question": f"When was {name} {number} ?", **changes}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    twin = row("squad", 3)["context"]
    files = {
        SQUAD: [row("squad", i) for i in range(80)],
        SEARCH: [row("search", i) for i in range(40)] + [row("search", 99, context=twin)],
        CONTRACTS: [row("contract", i, id="twice") for i in range(40)],
        **{name: [row("other", 0), row("wrong", 1, context="Nothing .")] for name in TIMES if name != SEARCH},
        **{name: [row("test", 0), row("squad", 3)] for name in TESTS},
    }
    for name, rows in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        with gzip.open(tmp_path / name, "wt", encoding="utf-8") as stream:
            if name.endswith(".json.gz"):
                articles = [
                    {"title": r["title"], "paragraphs": [{"context": r["context"], "qas": [r]}]} for r in rows
                ]
                json.dump({"data": articles}, stream)
            else:
                stream.writelines(json.dumps(r) + "\n" for r in rows)
    return tmp_path
