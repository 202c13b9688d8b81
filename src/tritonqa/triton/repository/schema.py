"""A model's configuration → config.pbtxt, through Triton's own schema.

Field names are the schema's (model_config.proto), so each record is a subset of its message.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
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
class Resource:
    """Something that instances share, and how much of it one needs to run; others are held back."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class RateLimiter:
    """What an instance needs, and its rank when others wait for the same (1 is first)."""

    resources: tuple[Resource, ...] = ()
    priority: int = 0


@dataclass(frozen=True, slots=True)
class InstanceGroup:
    """How many copies of a model run, and on what: KIND_CPU or KIND_GPU; Triton chooses otherwise."""

    count: int = 1
    kind: str = ""
    gpus: tuple[int, ...] = ()
    rate_limiter: RateLimiter | None = None


@dataclass(frozen=True, slots=True)
class QueuePolicy:
    """How long a request may wait and how many may; 0 is without limit. Others are refused."""

    default_timeout_microseconds: int = 0
    max_queue_size: int = 0
    allow_timeout_override: bool = False


@dataclass(frozen=True, slots=True)
class DynamicBatching:
    """Triton's own batching: sizes it prefers, and how long it waits for one."""

    preferred_batch_size: tuple[int, ...] = ()
    max_queue_delay_microseconds: int = 0
    default_queue_policy: QueuePolicy | None = None


@dataclass(frozen=True, slots=True)
class Accelerator:
    """What runs parts of an ONNX model: tensorrt, openvino; parameters are its own."""

    name: str
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Accelerators:
    """Accelerators of instances on GPUs, and of those on CPUs."""

    gpu_execution_accelerator: tuple[Accelerator, ...] = ()
    cpu_execution_accelerator: tuple[Accelerator, ...] = ()


@dataclass(frozen=True, slots=True)
class Optimization:
    """How a backend prepares a model."""

    execution_accelerators: Accelerators | None = None


@dataclass(frozen=True, slots=True)
class WarmupInput:
    """An input filled with zeros."""

    data_type: str
    dims: tuple[int, ...]
    zero_data: bool = True


@dataclass(frozen=True, slots=True)
class Warmup:
    """A request that is run before the model is ready, so that the first real one need not wait."""

    name: str
    inputs: Mapping[str, WarmupInput]
    batch_size: int = 1
    count: int = 1


@dataclass(frozen=True, slots=True)
class Latest:
    """How many of the newest versions are served."""

    num_versions: int = 1


@dataclass(frozen=True, slots=True)
class VersionPolicy:
    """Which versions are served."""

    latest: Latest = Latest()


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """A model of the repository; max_batch_size 0 says that shapes have no batch dimension."""

    name: str
    input: tuple[Port, ...]
    output: tuple[Port, ...]
    backend: str = "python"
    platform: str = ""
    default_model_filename: str = ""
    max_batch_size: int = 0
    instance_group: tuple[InstanceGroup, ...] = ()
    dynamic_batching: DynamicBatching | None = None
    optimization: Optimization | None = None
    model_warmup: tuple[Warmup, ...] = ()
    version_policy: VersionPolicy | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)


def to_dict(config: ModelConfig) -> dict[str, Any]:
    """Return the message as a dictionary, without what is not set."""
    record: dict[str, Any] = _plain(config)
    if config.parameters:
        record["parameters"] = {key: {"string_value": text} for key, text in config.parameters.items()}
    return record


def to_pbtxt(config: ModelConfig) -> str:
    """Write a configuration as protobuf text; raises InputError for what the schema does not know."""
    from tritonqa.protocol.protobuf import json_format, model_config_pb2

    try:
        message = json_format.ParseDict(to_dict(config), model_config_pb2.ModelConfig())
    except json_format.ParseError as error:
        raise InputError(f"Triton's schema refuses the configuration of {config.name}: {error}") from error
    return _text(message)


def with_parameters(text: str, parameters: Mapping[str, str]) -> str:
    """Set parameters in the text of a config.pbtxt; raises InputError where that can't be read."""
    from tritonqa.protocol.protobuf import model_config_pb2, text_format

    try:
        message = text_format.Parse(text, model_config_pb2.ModelConfig())
    except text_format.ParseError as error:
        raise InputError(f"config.pbtxt can't be read: {error}") from error
    for name, value in parameters.items():
        message.parameters[name].string_value = value
    return _text(message)


def read_parameters(file: Path) -> dict[str, str]:
    """Read the parameters of a config.pbtxt; none where there is no such file, or none that can be read."""
    from tritonqa.protocol.protobuf import model_config_pb2, text_format

    try:
        message = text_format.Parse(file.read_text(encoding="utf-8"), model_config_pb2.ModelConfig())
    except (OSError, UnicodeDecodeError, text_format.ParseError):
        return {}
    return {name: value.string_value for name, value in message.parameters.items()}


def _text(message: Any) -> str:
    from tritonqa.protocol.protobuf import text_format

    text: str = text_format.MessageToString(message, as_utf8=True)
    # Protobuf text leaves out zero, and Triton then completes the field with a default of its own.
    return text if message.max_batch_size else f"{text}max_batch_size: 0\n"


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        found = {item.name: getattr(value, item.name) for item in fields(value)}
        # What is falsy is the schema's default, but an empty message says something: dynamic_batching {}.
        return {name: _plain(item) for name, item in found.items() if item or is_dataclass(item)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return {name: _plain(item) for name, item in value.items()} if isinstance(value, Mapping) else value
