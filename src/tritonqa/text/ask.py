"""Question and passages → a checked Ask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tritonqa.errors import InputError
from tritonqa.text.check import checked_text
from tritonqa.text.passage import Passage


@dataclass(frozen=True, slots=True)
class Ask:
    """One question over one or more passages, checked.

    An empty passage among others holds no answer; the rest keep their index.
    """

    question: str
    passages: tuple[str, ...]
    sources: tuple[Passage, ...] = ()  # one a passage, where any bears an id or metadata

    @classmethod
    def of(cls, question: object, passages: object) -> Ask:
        """Check a question and its passages (one text or a sequence of texts).

        A passage is a text, a Passage or a mapping {"text", "id", "meta"}; several come in a list, an array,
        a column. Raises InputError that names the field: question, passages or passages[i].
        """
        text = checked_text(question, "question")
        if not text.strip():
            raise InputError("question is empty; give a question of at least one word", "question")
        if isinstance(passages, str | Passage | Mapping):
            passages = (passages,)
        if not isinstance(passages, Iterable) or isinstance(passages, bytes | bytearray):
            kind = type(passages).__name__
            raise InputError(f"passages must be a text or a sequence of texts, not {kind}", "passages")
        sources = tuple(Passage.of(passage, f"passages[{i}]") for i, passage in enumerate(passages))
        if not sources:
            raise InputError("passages is empty; give at least one passage", "passages")
        checked = tuple(source.text for source in sources)
        if not any(passage.strip() for passage in checked):
            raise InputError("passages hold no text; give at least one passage that is not blank", "passages")
        known = any(source.id is not None or source.meta for source in sources)
        return cls(text, checked, sources if known else ())
