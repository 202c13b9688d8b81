"""Question and passages → a checked Ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tritonqa.errors import InputError
from tritonqa.text.check import checked_text


@dataclass(frozen=True, slots=True)
class Ask:
    """One question over one or more passages, checked.

    An empty passage among others holds no answer; the rest keep their index.
    """

    question: str
    passages: tuple[str, ...]

    @classmethod
    def of(cls, question: object, passages: object) -> Ask:
        """Check a question and its passages (one text or a sequence of texts).

        Raises InputError that names the field: question, passages or passages[i].
        """
        text = checked_text(question, "question")
        if not text.strip():
            raise InputError("question is empty; give a question of at least one word", "question")
        if isinstance(passages, str):
            passages = (passages,)
        if not isinstance(passages, Sequence) or isinstance(passages, bytes | bytearray):
            kind = type(passages).__name__
            raise InputError(f"passages must be a text or a sequence of texts, not {kind}", "passages")
        if not passages:
            raise InputError("passages is empty; give at least one passage", "passages")
        checked = tuple(checked_text(passage, f"passages[{i}]") for i, passage in enumerate(passages))
        if not any(passage.strip() for passage in checked):
            raise InputError("passages hold no text; give at least one passage that is not blank", "passages")
        return cls(text, checked)
