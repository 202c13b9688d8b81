"""What one caller may see of a library."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import PurePath
from typing import TypeAlias

from tritonqa.errors import InputError
from tritonqa.library.metadata import Metadata, day_of, name_of

Texts: TypeAlias = str | Sequence[str]
Day: TypeAlias = str | date


@dataclass(frozen=True, slots=True)
class Scope:
    """The documents that are searched; the others are as if they were not there: in no rank, score or count.

    documents are patterns of paths (as PurePath.match reads them: "contracts/*.pdf", "*.md"; ** stands for
    any folders: "contracts/**"), of which one must match; none at all lets nothing through. kinds are formats
    ("pdf"); none given means all. where has
    names of metadata, each with patterns of which one must match one of its values ("Ada*"), in letters of
    either case. since and until are days, months or years that bound a document's date, and are within. A
    document that does not say what it is asked for is out.
    """

    documents: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    since: str = ""
    until: str = ""

    @classmethod
    def of(
        cls,
        documents: Texts = "*",
        kinds: Texts = (),
        *,
        where: Mapping[str, Texts] | None = None,
        since: Day = "",
        until: Day = "",
    ) -> Scope:
        """Make a scope of one pattern or several; raises InputError that names the field for what is none."""
        given = where or {}
        asked = {name_of(name): _texts(values, f"where.{name}") for name, values in given.items()}
        if len(asked) < len(given):
            raise InputError(f"where must be of names that differ, unlike {', '.join(given):.80}", "where")
        return cls(
            _texts(documents, "documents"),
            tuple(kind.lower() for kind in _texts(kinds, "kinds")),
            tuple(sorted(asked.items())),
            _day(since, "since"),
            _day(until, "until"),
        )

    def admits(self, path: PurePath, kind: str, metadata: Metadata) -> bool:
        """Tell whether a document is within."""
        return (
            (not self.kinds or kind in self.kinds)
            and any(pattern == "*" or _is_at(path, pattern) for pattern in self.documents)
            and all(_matches(metadata.get(name, ()), patterns) for name, patterns in self.where)
            and (not self.since or "" < _first(self.since) <= _first(_date(metadata)))
            and (not self.until or "" < _last(_date(metadata)) <= _last(self.until))
        )

    def __and__(self, other: Scope) -> Both:
        """Return what both let through."""
        return Both((self, other))


@dataclass(frozen=True, slots=True)
class Among:
    """These documents alone, by their whole paths."""

    paths: frozenset[PurePath]

    def admits(self, path: PurePath, kind: str, metadata: Metadata) -> bool:
        """Tell whether a document is one of them."""
        return path in self.paths


@dataclass(frozen=True, slots=True)
class Without:
    """All documents but these, by their whole paths."""

    paths: frozenset[PurePath]

    def admits(self, path: PurePath, kind: str, metadata: Metadata) -> bool:
        """Tell whether a document is none of them."""
        return path not in self.paths


@dataclass(frozen=True, slots=True)
class Both:
    """What several scopes let through, all of them."""

    scopes: tuple[AnyScope, ...]

    def admits(self, path: PurePath, kind: str, metadata: Metadata) -> bool:
        """Tell whether a document is within all."""
        return all(scope.admits(path, kind, metadata) for scope in self.scopes)


AnyScope: TypeAlias = Scope | Among | Without | Both


def _texts(value: Texts, name: str) -> tuple[str, ...]:
    values = (value,) if isinstance(value, str) else tuple(value)
    if not all(isinstance(one, str) and one for one in values):
        raise InputError(f"{name} must be a text or several, none of them empty", name)
    return values


def _day(value: Day, name: str) -> str:
    given = value.isoformat()[:10] if isinstance(value, date) else value
    if not isinstance(given, str) or day_of(given) != given:
        raise InputError(f"{name} must be a date like 2024, 2024-05 or 2024-05-31, not {given!r:.40}", name)
    return given


def _is_at(path: PurePath, pattern: str) -> bool:
    wanted = type(path)(pattern)
    if "**" not in wanted.parts:
        return path.match(pattern)
    return _parts_match(path, path.parts, wanted.parts if wanted.is_absolute() else ("**", *wanted.parts))


def _parts_match(path: PurePath, parts: tuple[str, ...], patterns: tuple[str, ...]) -> bool:
    """Match name by name, as this kind of path compares them; ** is any number, at the end one or more."""
    if not patterns:
        return not parts
    if patterns[0] == "**":
        least = len(patterns) == 1
        return any(_parts_match(path, parts[at:], patterns[1:]) for at in range(least, len(parts) + 1))
    is_alike = bool(parts) and (parts[0] == patterns[0] or type(path)(parts[0]).match(patterns[0]))
    return is_alike and _parts_match(path, parts[1:], patterns[1:])


def _matches(values: Iterable[str], patterns: Iterable[str]) -> bool:
    small = [value.casefold() for value in values]
    return any(fnmatchcase(value, pattern.casefold()) for pattern in patterns for value in small)


def _date(metadata: Metadata) -> str:
    return next(iter(metadata.get("date", ())), "")


def _first(day: str) -> str:
    """Return the first day that a date may mean."""
    return day and day + "-01-01"[len(day) - 4 :]


def _last(day: str) -> str:
    """Return the last one."""
    month = day and day + "-12"[len(day) - 4 :]
    return month and (month if len(month) > 7 else f"{month}-{monthrange(*map(int, month.split('-')))[1]}")


EVERYTHING = Scope(("*",))
