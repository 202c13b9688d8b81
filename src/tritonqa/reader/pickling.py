"""Readers that are pickled or copied: the name goes along, and the model is opened where it arrives."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import entry_points
from os.path import abspath, isdir
from typing import Any

from tritonqa.errors import InputError

_REMEDY = "load it where it is used"


def lasting(name: str) -> str:
    """Return a reader's name as it holds in other processes too: a folder's path from the root."""
    return abspath(name) if isdir(name) and not entry_points(group="tritonqa.models", name=name) else name


def check_picklable(what: str, name: str | None, options: Mapping[str, Any]) -> None:
    """Raise InputError for what was not opened by name, and for what was opened with a secret."""
    if name is None:
        raise InputError(
            f"this {what} was made of open parts, and can't be pickled or copied; {_REMEDY}, by name"
        )
    if options.get("token"):
        raise InputError(f"this {what} holds a token, and secrets are not pickled or copied; {_REMEDY}")
    connection = options.get("connection")
    if connection is not None and connection.headers:
        raise InputError(
            f"this {what} has a connection with headers, which may be secret and are not pickled or copied; "
            f"{_REMEDY}, or give the token by TRITONQA_TOKEN"
        )
