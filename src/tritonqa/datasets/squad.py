"""File → questions with their passages and gold answers."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from tritonqa.datasets.example import Dataset, Example
from tritonqa.errors import InputError


def load_squad(file: Path | str) -> Dataset:
    """Read SQuAD's JSON layout, or JSON lines of {id, title, context, question, answers}; both also .gz.

    An answer is {text, answer_start}, or its text alone. Raises InputError that names the file, and the field
    where one is missing.
    """
    path = Path(file)
    try:
        opened = (
            gzip.open(path, "rt", encoding="utf-8-sig")
            if path.suffix == ".gz"
            else path.open(encoding="utf-8-sig")
        )
        with opened as stream:
            text = stream.read()
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path} can't be read ({error}); give a SQuAD file, .json or .jsonl, also .gz"
        ) from error
    try:
        if ".jsonl" in path.name:
            rows = list(_lines(text))
        else:
            rows = _rows(json.loads(text))
        examples = tuple(_example(row) for row in rows)
        _check_ids(examples)
    except json.JSONDecodeError as error:
        raise InputError(f"{path} is not valid JSON: line {error.lineno}, column {error.colno}") from error
    except RecursionError as error:
        raise InputError(f"{path} is not in SQuAD's layout: it is nested too deep") from error
    except InputError as error:
        raise InputError(f"{path}: {error}") from error
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


def _lines(text: str) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield json.loads(line)
            except json.JSONDecodeError as error:
                error.lineno = number
                raise


def _rows(record: Any) -> list[dict[str, Any]]:
    return [
        {**question, "title": article.get("title", ""), "context": paragraph["context"]}
        for article in record["data"]
        for paragraph in article["paragraphs"]
        for question in paragraph["qas"]
    ]


def _example(row: dict[str, Any]) -> Example:
    answers = () if row.get("is_impossible") else row["answers"]
    if isinstance(answers, dict):  # the columns of Hugging Face's datasets
        texts, starts = tuple(answers["text"]), tuple(answers["answer_start"])
    else:
        records = [{"text": answer} if isinstance(answer, str) else answer for answer in answers]
        texts = tuple(record["text"] for record in records)
        starts = tuple(record.get("answer_start", -1) for record in records)
    example = Example(row["id"], row.get("title") or "", row["question"], row["context"], texts, starts)
    _check(example)
    return example


def _check_ids(examples: Sequence[Example]) -> None:
    """Raise InputError for two questions of one id: only one of them would be scored."""
    first, count = Counter(example.id for example in examples).most_common(1)[0] if examples else ("", 0)
    if count > 1:
        raise InputError(f"question {first}: {count} questions have this id; give each its own")


def _check(example: Example) -> None:
    """Raise InputError that names the question and the field."""
    if not isinstance(example.id, str):
        raise InputError(f"question {example.id!r:.40}: field id must be text")
    named = {"title": example.title, "question": example.question, "context": example.context}
    wrong = [name for name, value in named.items() if not isinstance(value, str)]
    wrong += ["text" for text in example.answers if not isinstance(text, str)]
    if wrong:
        raise InputError(f"question {example.id}: field {wrong[0]} must be text")
    if not all(isinstance(start, int) for start in example.starts):
        raise InputError(f"question {example.id}: field answer_start must be a whole number")
