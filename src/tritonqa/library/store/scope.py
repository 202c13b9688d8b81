"""What one caller may see of a library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import TypeAlias

from tritonqa.errors import InputError


@dataclass(frozen=True, slots=True)
class Scope:
    """The documents that are searched; the others are as if they were not there: in no rank, score or count.

    documents are patterns of paths (as PurePath.match reads them: "contracts/*.pdf", "*.md"), of which one
    must match; none at all lets nothing through. kinds are formats ("pdf"); none given means all.
    """

    documents: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()

    @classmethod
    def of(cls, documents: str | Sequence[str] = "*", kinds: str | Sequence[str] = ()) -> Scope:
        """Make a scope of one pattern or several; raises InputError for what is none."""
        return cls(_texts(documents, "documents"), _texts(kinds, "kinds"))

    def admits(self, path: PurePath, kind: str) -> bool:
        """Tell whether a document is within."""
        return (not self.kinds or kind in self.kinds) and any(
            pattern == "*" or path.match(pattern) for pattern in self.documents
        )

    def __and__(self, other: Scope) -> Both:
        """Return what both let through."""
        return Both((self, other))


@dataclass(frozen=True, slots=True)
class Among:
    """These documents alone, by their whole paths."""

    paths: frozenset[PurePath]

    def admits(self, path: PurePath, kind: str) -> bool:
        """Tell whether a document is one of them."""
        return path in self.paths


@dataclass(frozen=True, slots=True)
class Both:
    """What several scopes let through, all of them."""

    scopes: tuple[AnyScope, ...]

    def admits(self, path: PurePath, kind: str) -> bool:
        """Tell whether a document is within all."""
        return all(scope.admits(path, kind) for scope in self.scopes)


AnyScope: TypeAlias = Scope | Among | Both


def _texts(value: str | Sequence[str], name: str) -> tuple[str, ...]:
    values = (value,) if isinstance(value, str) else tuple(value)
    if not all(isinstance(one, str) and one for one in values):
        raise InputError(f"{name} must be a text or several, none of them empty")
    return values


EVERYTHING = Scope(("*",))
