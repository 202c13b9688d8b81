"""The body of an ask → what is asked, checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tritonqa.errors import InputError
from tritonqa.library.answer.ask import Asking
from tritonqa.library.store import Scope
from tritonqa.spans import AskOptions, Decoding
from tritonqa.text import Ask
from tritonqa.web.scope import member, scope_of

OPTIONS = frozenset(AskOptions.__annotations__)
FIELDS = frozenset(("question", "passages", "options", "scope")) | OPTIONS
LIBRARY_OPTIONS = ("top_k", "no_answer_threshold")
"""What a library can be told of an ask."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the passages to answer it from, and options; without passages the library answers."""

    question: str
    passages: Any
    options: AskOptions
    scope: Scope | None

    @property
    def of_library(self) -> Asking:
        """Return how a library is asked; raises InputError for an option that is for passages alone."""
        given: dict[str, Any] = {name: value for name, value in self.options.items() if value is not None}
        if other := sorted(given.keys() - set(LIBRARY_OPTIONS)):
            raise InputError(
                f"{other[0]} is for passages; a library takes {' and '.join(LIBRARY_OPTIONS)}", other[0]
            )
        return Asking(**given)


def asked_of(record: dict[str, Any]) -> Asked:
    """Read an ask: options stand beside the question, as Triton's generate has them, or in "options".

    Raises InputError that names the field.
    """
    options: Any = member(record, "options")
    if unknown := sorted(options.keys() - OPTIONS):
        known = ", ".join(sorted(OPTIONS))
        raise InputError(
            f"option {unknown[0]!r:.80} is unknown; known are {known}", f"options.{unknown[0]:.80}"
        )
    options |= {name: record[name] for name in OPTIONS & record.keys()}
    Decoding().changed(**options)
    question, passages = record.get("question"), record.get("passages")
    if question is None:
        raise InputError("question is missing; give a text", "question")
    Ask.of(question, "any" if passages is None else passages)
    if passages is not None and "scope" in record:
        raise InputError("scope is for a library; leave it or the passages away", "scope")
    scope = scope_of(member(record, "scope")) if "scope" in record else None
    return Asked(question, passages, options, scope)
