"""File → questions with their passages and gold answers."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tritonqa.errors import InputError


@dataclass(frozen=True, slots=True)
class Example:
    """One question; no answers means that its passage does not answer it.

    starts are the characters at which the answers stand in the context, -1 where the file does not say.
    """

    id: str
    title: str
    question: str
    context: str
    answers: tuple[str, ...]
    starts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Dataset:
    """Questions and the official metric they are scored by: "1.1" or "2.0"."""

    version: str
    examples: tuple[Example, ...]


def load_squad(path: Path) -> Dataset:
    """Read SQuAD's JSON layout, or JSON lines of {id, title, context, question, answers}; both also .gz.

    Raises InputError that names the file, and the field where one is missing.
    """
    try:
        opened = (
            gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8")
        )
        with opened as stream:
            text = stream.read()
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path} can't be read ({error}); give a SQuAD file, .json or .jsonl, also .gz"
        ) from error
    try:
        if ".jsonl" in path.name:
            rows = [json.loads(line) for line in text.splitlines() if line.strip()]
        else:
            rows = _rows(json.loads(text))
        examples = tuple(_example(row) for row in rows)
    except json.JSONDecodeError as error:
        raise InputError(f"{path} is not valid JSON: line {error.lineno}, column {error.colno}") from error
    except KeyError as error:
        raise InputError(f"{path} is not in SQuAD's layout: field {error} is missing") from error
    except (TypeError, AttributeError) as error:
        raise InputError(f"{path} is not in SQuAD's layout: a field is of another type ({error})") from error
    if not examples:
        raise InputError(f"{path} holds no questions")
    version = "2.0" if any(not example.answers for example in examples) else "1.1"
    return Dataset(version, examples)


def save_examples(path: Path, examples: Iterable[Example]) -> None:
    """Write JSON lines that load_squad reads."""
    with path.open("w", encoding="utf-8") as stream:
        for example in examples:
            answers = [
                {"text": text, "answer_start": start}
                for text, start in zip(example.answers, example.starts, strict=True)
            ]
            record = {name: getattr(example, name) for name in ("id", "title", "question", "context")}
            stream.write(json.dumps({**record, "answers": answers}) + "\n")


def _rows(record: Any) -> list[dict[str, Any]]:
    return [
        {**question, "title": article.get("title", ""), "context": paragraph["context"]}
        for article in record["data"]
        for paragraph in article["paragraphs"]
        for question in paragraph["qas"]
    ]


def _example(row: dict[str, Any]) -> Example:
    answers = () if row.get("is_impossible") else row["answers"]
    texts = tuple(answer["text"] for answer in answers)
    starts = tuple(answer.get("answer_start", -1) for answer in answers)
    return Example(row["id"], row.get("title", ""), row["question"], row["context"], texts, starts)
