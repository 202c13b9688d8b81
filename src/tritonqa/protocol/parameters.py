"""What a served model says of itself: the parameters of its configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TRITONQA = "tritonqa"  # the protocol's version; only models of ours have it
VERSION = "tritonqa_version"
BUNDLE = "bundle"
DECODING = "decoding"  # JSON, as are those below
CALIBRATION = "calibration"
LIMITS = "limits"
WARMUP = "warmup"
CACHE = "cache"
ENGINE = "engine"
PRECISION = "precision"
RATE_LIMIT = "rate_limit"  # instances that may run at once


def parameters_of(config: Mapping[str, Any]) -> dict[str, str]:
    """Read the parameters of a model's configuration."""
    return {name: value.get("string_value", "") for name, value in config.get("parameters", {}).items()}
