"""What a bulk run reads from each row, and how it writes answers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tritonqa.checks import check_fields, one_of, path, text, whole_number

FORMATS = ("jsonl", "csv", "parquet")
TEXT_COLUMNS = ("passages", "context", "text")
BEST = ("text", "start", "end", "score", "passage")
"""What a table has of the best answer, each behind answer_."""
ANSWER_COLUMNS = frozenset(
    ("question", "answers", "no_answer", "calibrated", "question_cut", *(f"answer_{name}" for name in BEST))
)
"""What the row of an answer has beside what it carries."""


@dataclass(frozen=True, slots=True)
class BulkOptions:
    """Columns, questions and parts.

    text_column is the first of TEXT_COLUMNS that is there where it is not given. questions is a file of
    questions that are asked of every row's text, in place of question_column. rows is how many rows of an
    input make a part; format is that of the parts.
    """

    question_column: str = "question"
    text_column: str | None = None
    questions: Path | None = None
    rows: int = 1000
    format: str = "jsonl"

    def __post_init__(self) -> None:
        """Raise InputError for values out of range, by name."""
        check_fields(self, text, "question_column", "text_column")
        check_fields(self, path, "questions")
        check_fields(self, whole_number, "rows", least=1)
        check_fields(self, one_of, "format", known=FORMATS)
