"""JSON ↔ which documents are searched."""

from __future__ import annotations

from typing import Any

from tritonqa.checks import text
from tritonqa.errors import InputError
from tritonqa.library.store import Scope

_FIELDS = ("documents", "kinds", "where", "since", "until")


def scope_of(record: dict[str, Any]) -> Scope:
    """Read a scope; raises InputError that names the field, as in an ask."""
    if unknown := sorted(record.keys() - set(_FIELDS)):
        raise InputError(f"scope {unknown[0]!r:.80} is unknown; known are {', '.join(_FIELDS)}", "scope")
    where = member(record, "where", "scope.")
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


def record_of(scope: Scope) -> dict[str, Any]:
    """Write what scope_of reads."""
    record = {name: getattr(scope, name) for name in _FIELDS} | {"where": dict(scope.where)}
    return {name: value for name, value in record.items() if value or name == "documents"}


def member(record: dict[str, Any], name: str, within: str = "") -> dict[str, Any]:
    """Return the object of this name, an empty one where there is none; raises InputError for another."""
    value = {} if record.get(name) is None else record[name]
    if not isinstance(value, dict):
        raise InputError(f"{within}{name} must be an object, not {type(value).__name__}", within + name)
    return dict(value)


def _texts(value: Any, name: str) -> Any:
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list | tuple):
        raise InputError(f"scope.{name} must be a text or an array of texts", f"scope.{name}")
    return tuple(text(f"scope.{name}[{i}]", one) for i, one in enumerate(values))
