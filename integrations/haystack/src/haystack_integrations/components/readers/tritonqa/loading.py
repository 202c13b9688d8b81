"""A component's parameters → an open reader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from haystack.utils import Secret

from tritonqa import Decoding, Reader, Windowing
from tritonqa.client import Connection
from tritonqa.client.address import is_address
from tritonqa.errors import InputError

_CLASSES = {"windowing": Windowing, "decoding": Decoding, "connection": Connection}
_KNOWN = ("engine", "precision", *_CLASSES)


def open_reader(
    model: str, token: Secret | None, triton_token: Secret | None, model_kwargs: Mapping[str, Any] | None
) -> Reader:
    """
    Load a reader by its name.

    :param model:
        A model package, a bundle's folder, a Hub id or the address of a Triton.
    :param token:
        Shown to the Hub.
    :param triton_token:
        Shown to a Triton.
    :param model_kwargs:
        See `checked_kwargs`.
    :returns:
        The reader.
    """
    kwargs = checked_kwargs(model_kwargs)
    if not is_address(model):
        return Reader.load(model, token=_value(token), **kwargs)
    if secret := _value(triton_token):
        given = dict((model_kwargs or {}).get("connection") or {})
        headers = {"authorization": f"Bearer {secret}"} | dict(given.pop("headers", {}))
        kwargs["connection"] = Connection(**given, headers=headers)
    return Reader.load(model, **kwargs)


def checked_kwargs(model_kwargs: Mapping[str, Any] | None) -> dict[str, Any]:
    """
    Return the options of `Reader.load` that are given as plain data.

    :param model_kwargs:
        `engine` and `precision` by name; `windowing`, `decoding` and `connection` as dictionaries.
    :returns:
        The same with objects of tritonqa's classes.
    :raises InputError:
        If there is an option or a field that is not known, or a value out of range.
    """
    found: dict[str, Any] = {}
    for name, value in (model_kwargs or {}).items():
        if name not in _KNOWN:
            known = ", ".join(_KNOWN)
            raise InputError(
                f"model_kwargs has {name!r:.40}, which is unknown; known are {known}", "model_kwargs"
            )
        found[name] = _made(name, value) if name in _CLASSES and value is not None else value
    return found


def _made(name: str, value: Any) -> Any:
    try:
        return _CLASSES[name](**value)
    except TypeError as error:
        raise InputError(
            f"model_kwargs[{name!r}] does not fit {_CLASSES[name].__name__}: {error}", "model_kwargs"
        ) from error


def _value(secret: Secret | None) -> str | None:
    return secret.resolve_value() if secret is not None else None
