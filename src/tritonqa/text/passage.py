"""A passage that bears an id and what else is known of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from tritonqa.errors import InputError
from tritonqa.text.check import checked_text


@dataclass(frozen=True, slots=True)
class Passage:
    """A text with its id and metadata: an answer from it gives both back; no server gets them."""

    text: str
    id: str | int | None = None
    meta: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, value: object, field: str) -> Passage:
        """Read a text, a Passage, or a mapping {"text", "id", "meta"}; raises InputError by field."""
        if isinstance(value, Mapping):
            if unknown := value.keys() - {"text", "id", "meta"}:
                raise InputError(
                    f"{field} has a key {min(map(str, unknown))!r}; known are text, id, meta", field
                )
            value = cls(value.get("text"), value.get("id"), value.get("meta") or {})  # type: ignore[arg-type]
        if not isinstance(value, cls):
            return cls(checked_text(value, field))
        checked_text(value.text, f"{field}.text")
        return value


Given: TypeAlias = str | Passage | Mapping[str, Any]
"""A passage as callers give it; see Passage.of."""

Passages: TypeAlias = Given | Iterable[Given]
"""One passage or several."""

Row: TypeAlias = tuple[str, Passages] | tuple[str, Passages, Mapping[str, Any]]
"""One of a stream's asks: a question, its passages, and options of its own where it has any."""
