"""Values of options → the same values, or an InputError that names the field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import Field, dataclass, field, fields
from math import inf
from numbers import Integral, Real
from os import PathLike
from typing import Any, TypeVar

from tritonqa.errors import InputError

T = TypeVar("T")


def check_fields(options: Any, check: Callable[..., Any], *names: str, **bounds: Any) -> None:
    """Check fields of a frozen dataclass in its __post_init__: check(name, value, **bounds) for each.

    The field takes what the check returns: numpy's numbers become Python's. None stays where it is the
    default. Raises InputError.
    """
    defaults = {item.name: item.default for item in fields(options)}
    for name in names:
        value = getattr(options, name)
        if value is not None or defaults[name] is not None:
            object.__setattr__(options, name, check(name, value, **bounds))


def option(default: Any, meaning: str, name: str | None = None, choices: Sequence[str] | None = None) -> Any:
    """Make a field of a dataclass of which a command makes an option (cli/fields.py).

    meaning is its help, name that of the option where it is another, choices the values that it may have.
    """
    return field(default=default, metadata={"help": meaning, "name": name, "choices": choices})


def option_name(field: Field[Any]) -> str:
    """Return the option that a command makes of such a field, as it is typed."""
    return field.metadata["name"] or f"--{field.name.replace('_', '-')}"


def whole_number(field: str, value: object, least: int | None = None, most: int | None = None) -> int:
    """Return a whole number, numpy's as Python's; raises InputError for a bool, a float, a text."""
    allowed = _Range(least, most)
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise _refusal(field, allowed.of("a whole number"), value)
    if value not in allowed:
        raise _refusal(field, str(allowed), value)
    return int(value)


def number(
    field: str,
    value: object,
    least: float | None = None,
    most: float | None = None,
    *,
    above: float | None = None,
    below: float | None = None,
    unit: str = "",
) -> float:
    """Return a number, numpy's as Python's: from least to most, or between above and below without them.

    It must be finite, unless most is infinite. unit says in the message what is counted. Raises InputError.
    """
    allowed = _Range(least, most, above, below)
    if isinstance(value, bool) or not isinstance(value, Real):
        raise _refusal(field, allowed.of(unit or "a number"), value)
    if value not in allowed or (abs(value) == inf and most != inf):
        raise _refusal(field, allowed.of(unit) if unit else str(allowed) or "a finite number", value)
    return int(value) if isinstance(value, Integral) else float(value)


def whole_numbers(field: str, value: object, least: int, unit: str = "whole numbers") -> tuple[int, ...]:
    """Return a sequence of whole numbers as a tuple; raises InputError."""
    if not isinstance(value, Sequence) or isinstance(value, str | bytes):
        raise _refusal(field, f"{unit} of at least {least}", value)
    for item in value:
        if isinstance(item, bool) or not isinstance(item, Integral) or item < least:
            raise _refusal(field, f"{unit} of at least {least}", item)
    return tuple(map(int, value))


def flag(field: str, value: object) -> bool:
    """Return True or False; raises InputError for anything else."""
    if not isinstance(value, bool):
        raise _refusal(field, "True or False", value)
    return value


def text(field: str, value: object) -> str:
    """Return a text; raises InputError for anything else."""
    if not isinstance(value, str):
        raise InputError(f"{field} must be text (str), not {type(value).__name__}", field)
    return value


def bearer(field: str, value: str) -> str:
    """Return a token that can stand in a header; raises InputError for another."""
    if not (value.isascii() and value.isprintable() and value):
        raise InputError(f"{field} must be printable ASCII of at least one character", field)
    if " " in value:
        raise InputError(f"{field} must hold no space", field)
    return value


def path(field: str, value: object) -> str | PathLike[str]:
    """Return the path of a file or a folder; raises InputError for anything else."""
    if not isinstance(value, str | PathLike):
        raise InputError(f"{field} must be a path, not {type(value).__name__}", field)
    return value


def one_of(field: str, value: object, known: Iterable[str]) -> str:
    """Return one of the names that are known; raises InputError that lists them."""
    names = tuple(known)
    if not isinstance(value, str) or value not in names:
        raise InputError(f"{field} {value!r:.80} is unknown; choose one of {', '.join(names)}", field)
    return value


def instance(field: str, value: object, kind: type[T]) -> T:
    """Return an object of a class; raises InputError for anything else."""
    if not isinstance(value, kind):
        raise InputError(f"{field} must be {kind.__name__}, not {type(value).__name__}", field)
    return value


@dataclass(frozen=True, slots=True)
class _Range:
    """From least to most; above and below are bounds that are not allowed themselves. nan is in none."""

    least: float | None = None
    most: float | None = None
    above: float | None = None
    below: float | None = None

    def __contains__(self, value: Any) -> bool:
        low = (self.least is None or value >= self.least) and (self.above is None or value > self.above)
        high = (self.most is None or value <= self.most) and (self.below is None or value < self.below)
        return bool(low and high and value == value)

    def of(self, noun: str) -> str:
        """Say a noun with its range: seconds above 0, a whole number of at least 1."""
        words = str(self)
        return f"{noun} of {words}" if words.startswith("at ") else f"{noun} {words}".strip()

    def __str__(self) -> str:
        if self.least is not None and self.most not in (None, inf):
            return f"from {self.least} to {self.most}"
        if self.above is not None and self.below is not None:
            return f"between {self.above} and {self.below}"
        named = {
            "at least": self.least,
            "above": self.above,
            "below": self.below,
            "at most": None if self.most == inf else self.most,
        }
        return " and ".join(f"{word} {bound}" for word, bound in named.items() if bound is not None)


def _refusal(field: str, wanted: str, value: object) -> InputError:
    return InputError(f"{field} must be {wanted}, not {value!r:.80}", field)
