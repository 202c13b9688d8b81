"""File → questions with their passages and gold answers."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tritonqa.datasets.example import Dataset, Example
from tritonqa.datasets.files import read_text
from tritonqa.datasets.gold import accepted_of, gold_of, has_gold
from tritonqa.datasets.rows import Row, json_rows, table_delimiter, table_rows
from tritonqa.errors import InputError

_OF_2 = ("2.0", "v2.0")  # KorQuAD_v2.0 is another thing


def load_squad(file: Path | str, *, gold: bool = True, contexts: bool = True) -> Dataset:
    """Read questions in SQuAD's layout or one of its dialects; see datasets.rows and datasets.gold.

    A file that says it is of version 2.0, or has a question without an answer, is scored as 2.0. Without
    gold, questions need no answers; without contexts, no passages: a library is asked. Raises InputError that
    names the file, the line or question, the field.
    """
    path = Path(file)
    text, delimiter, version = read_text(path), table_delimiter(path.name), ""
    try:
        if delimiter is None:
            rows, version = json_rows(text)
        else:
            rows = list(table_rows(text, delimiter))
        examples = tuple(_example(row, number, gold, contexts) for number, row in enumerate(rows, 1))
        _check_ids(examples)
    except RecursionError as error:
        raise InputError(f"{path} is not in SQuAD's layout: it is nested too deep") from error
    except InputError as error:
        raise InputError(f"{path}: {error}") from error
    if not examples:
        raise InputError(f"{path} holds no questions")
    unanswerable = version.strip() in _OF_2 or any(not example.answers for example in examples)
    return Dataset("2.0" if unanswerable else "1.1", examples)


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


def _example(row: Row, number: int, gold: bool, contexts: bool) -> Example:
    record = row.record
    keys = ("qid", "id", "_id") if "detected_answers" in record else ("id", "qid", "_id")  # MRQA's has both
    name = next((record[key] for key in keys if key in record), number)
    place = f"{row.place}, question {name}"
    if isinstance(name, bool) or not isinstance(name, str | int):
        raise InputError(f"{row.place}, question {name!r:.40}: field id must be text or a whole number")
    try:
        texts, starts = gold_of(record) if gold or has_gold(record) else ((), ())
    except InputError as error:
        raise InputError(f"{place}: {error}") from error
    optional = ("title",) if contexts else ("title", "context")
    title, question, context = (
        _text(record, field, place, field in optional) for field in ("title", "question", "context")
    )
    return Example(str(name), title, question, context, texts, starts, accepted=accepted_of(record))


def _text(record: dict[str, Any], field: str, place: str, optional: bool) -> str:
    value = record.get(field)
    if value is None and optional:
        return ""
    if field not in record and value is None:
        raise InputError(f"{place}: field {field!r} is missing")
    if not isinstance(value, str):
        raise InputError(f"{place}: field {field} must be text, not {value!r:.40}")
    return value


def _check_ids(examples: Sequence[Example]) -> None:
    """Raise InputError for two questions of one id: only one of them would be scored."""
    first, count = Counter(example.id for example in examples).most_common(1)[0] if examples else ("", 0)
    if count > 1:
        raise InputError(f"question {first}: {count} questions have this id; give each its own")
