"""haystack:store.yaml, or a document store itself → where a library is."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

from tritonqa.errors import InputError, LibraryError, MissingExtra, first_line

SCHEME = "haystack:"


@dataclass(frozen=True, slots=True)
class HaystackPlace:
    """A document store that is open, or the file that says how to open one; shown names it in messages."""

    given: Any
    shown: str

    @classmethod
    def of(cls, path: Any) -> HaystackPlace:
        """Take a store, or haystack: and the path of a YAML or JSON file as a store's to_dict gives it."""
        return cls(path, path if isinstance(path, str) else f"{SCHEME}{type(path).__name__}")

    def open(self) -> Any:
        """Return the store; raises InputError, LibraryError, MissingExtra."""
        os.environ.setdefault("HAYSTACK_TELEMETRY_ENABLED", "False")  # read when it is imported
        try:
            import haystack  # noqa: F401
            import yaml
        except ImportError as error:
            raise MissingExtra("haystack-ai", "haystack") from error
        if not isinstance(self.given, str):
            return self.given
        file = Path(self.given.removeprefix(SCHEME)).expanduser()
        try:
            record = yaml.safe_load(file.read_text(encoding="utf-8"))
        except (OSError, ValueError, yaml.YAMLError) as error:
            raise InputError(f"{self.shown} can't be read: {error}", "path") from error
        return _store_of(record, self.shown)


def is_haystack(path: object) -> TypeGuard[Any]:
    """Say whether a library's path is a document store of Haystack's, or names one."""
    if isinstance(path, str):
        return path.startswith(SCHEME)
    return all(callable(getattr(path, name, None)) for name in ("filter_documents", "write_documents"))


def _store_of(record: Any, shown: str) -> Any:
    """Open what a store's to_dict described; Haystack's own list says from which modules."""
    from haystack.core.serialization import import_class_by_name

    if not isinstance(record, dict) or not isinstance(record.get("type"), str):
        raise InputError(f'{shown} describes no store; write what its to_dict() gives: "type: …"', "path")
    try:
        kind: Any = import_class_by_name(record["type"])
        return kind.from_dict({"init_parameters": {}, **record})
    except Exception as error:  # each store raises its own kinds
        raise LibraryError(f"the store of {shown} can't be opened: {first_line(error):.200}") from error
