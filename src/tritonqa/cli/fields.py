"""Fields of a dataclass that were given by checks.option → options of a command."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import Field, fields
from pathlib import Path
from typing import Any, TypeVar, get_args, get_type_hints

import click

from tritonqa.checks import option_name
from tritonqa.errors import InputError, ServerError

T = TypeVar("T")
C = TypeVar("C", bound=Callable[..., Any])

_TYPES: dict[type[Any], Any] = {int: int, float: float, Path: click.Path(path_type=Path)}


def add_options(*kinds: type[Any]) -> Callable[[C], C]:
    """Add an option for each field of the dataclasses; the command gets its value by the field's name."""

    def decorate(command: C) -> C:
        for kind in reversed(kinds):
            hints = get_type_hints(kind)
            for field in reversed(_shown(kind)):
                command = _option(field, hints[field.name])(command)
        return command

    return decorate


def filled(kind: type[T], given: dict[str, Any], **more: Any) -> T:
    """Take from what a command was given the fields of a dataclass, and fill it; raises InputError."""
    return kind(**{field.name: given.pop(field.name) for field in _shown(kind)}, **more)


@contextmanager
def named_by_option(*kinds: type[Any]) -> Iterator[None]:
    """Name options as they are typed, where an error's sentence names fields: first, or joined to another."""
    names = {field.name: option_name(field) for kind in kinds for field in _shown(kind)}
    known = "|".join(sorted(names, key=len, reverse=True))
    pattern = re.compile(rf"(?:^|(?<=, )|(?<=and )|(?<=needs ))({known})\b")
    try:
        yield
    except (InputError, ServerError) as error:
        told = pattern.sub(lambda found: names[found[1]], str(error))
        if isinstance(error, InputError):
            raise InputError(told, error.field) from error
        raise type(error)(told) from error


def _shown(kind: type[Any]) -> list[Field[Any]]:
    return [field for field in fields(kind) if "help" in field.metadata]


def _option(field: Field[Any], hint: Any) -> Callable[[C], C]:
    name, text = option_name(field), field.metadata["help"]
    if hint is bool:
        return click.option(name, field.name, is_flag=True, help=text)
    default, choices = field.default, field.metadata["choices"]
    if isinstance(default, tuple):
        default, hint = ",".join(map(str, default)), str
    known = {hint, *get_args(hint)}
    kind = next((kind for written, kind in _TYPES.items() if written in known), str)
    return click.option(
        name,
        field.name,
        type=click.Choice(choices) if choices else kind,
        default=default,
        show_default=default is not None,
        help=text,
    )
