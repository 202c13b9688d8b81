"""The body of an ask → what is asked, checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tritonqa.checks import text
from tritonqa.errors import InputError
from tritonqa.library.answer.ask import Asking
from tritonqa.library.store import Scope
from tritonqa.spans import AskOptions, Decoding
from tritonqa.text import Ask

OPTIONS = frozenset(AskOptions.__annotations__)
FIELDS = frozenset(("question", "passages", "options", "scope")) | OPTIONS
LIBRARY_OPTIONS = ("top_k", "no_answer_threshold")
"""What a library can be told of an ask."""
_SCOPE = ("documents", "kinds", "where", "since", "until")


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
    options = _object(record, "options")
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
    return Asked(question, passages, options, _scope(_object(record, "scope")) if "scope" in record else None)


def _object(record: dict[str, Any], name: str, within: str = "") -> Any:
    value = {} if record.get(name) is None else record[name]
    if not isinstance(value, dict):
        raise InputError(f"{within}{name} must be an object, not {type(value).__name__}", within + name)
    return dict(value)


def _scope(record: dict[str, Any]) -> Scope:
    if unknown := sorted(record.keys() - set(_SCOPE)):
        raise InputError(f"scope {unknown[0]!r:.80} is unknown; known are {', '.join(_SCOPE)}", "scope")
    where = _object(record, "where", "scope.")
    bounds = {name: record.get(name) for name in ("since", "until")}
    asked = {
        "documents": _texts(record.get("documents", "*"), "documents"),
        "kinds": _texts(record.get("kinds", ()), "kinds"),
        "where": {name: _texts(value, f"where.{name:.80}") for name, value in where.items()},
    }
    try:
        return Scope.of(**asked, **{name: day for name, day in bounds.items() if day is not None})
    except InputError as error:
        raise InputError(f"scope.{error}", f"scope.{error.field}") from error


def _texts(value: Any, name: str) -> Any:
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list | tuple):
        raise InputError(f"scope.{name} must be a text or an array of texts", f"scope.{name}")
    return tuple(text(f"scope.{name}[{i}]", one) for i, one in enumerate(values))
