"""A model's configuration → config.pbtxt, through Triton's own schema.

Field names are the schema's (model_config.proto), so each record is its message's subset.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

from tritonqa.errors import InputError


@dataclass(frozen=True, slots=True)
class Port:
    """An input or output; -1 in dims is any length."""

    name: str
    data_type: str
    dims: tuple[int, ...]
    optional: bool = False
    allow_ragged_batch: bool = False


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """A model of the repository; max_batch_size 0 says that shapes have no batch dimension."""

    name: str
    backend: str
    input: tuple[Port, ...]
    output: tuple[Port, ...]
    max_batch_size: int = 0
    parameters: Mapping[str, str] = field(default_factory=dict)


def to_dict(config: ModelConfig) -> dict[str, Any]:
    """Return the message as a dictionary, without what is not set."""
    record: dict[str, Any] = _plain(config)
    if config.parameters:
        record["parameters"] = {key: {"string_value": text} for key, text in config.parameters.items()}
    return record


def to_pbtxt(config: ModelConfig) -> str:
    """Write a configuration as protobuf text; raises InputError for what the schema does not know."""
    from tritonqa.wire.protobuf import json_format, model_config_pb2, text_format

    try:
        message = json_format.ParseDict(to_dict(config), model_config_pb2.ModelConfig())
    except json_format.ParseError as error:
        raise InputError(f"Triton's schema refuses the configuration of {config.name}: {error}") from error
    text: str = text_format.MessageToString(message, as_utf8=True)
    # Protobuf text leaves out zero, and Triton then completes the field with a default of its own.
    return text if config.max_batch_size else f"{text}max_batch_size: 0\n"


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        found = {item.name: _plain(getattr(value, item.name)) for item in fields(value)}
        return {name: item for name, item in found.items() if item not in (None, False, 0, "", [], {})}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return dict(value) if isinstance(value, Mapping) else value
