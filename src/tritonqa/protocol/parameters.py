"""What a served model says of itself: the parameters of its configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TRITONQA = "tritonqa"  # the protocol's version; only models of ours have it
VERSION = "tritonqa_version"
BUNDLE = "bundle"
FINGERPRINT = "fingerprint"  # of all that answers depend on
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


def identity(config: Mapping[str, Any]) -> dict[str, str]:
    """Return what answers depend on of a model's configuration, as far as it says.

    Servers of one reader agree on it; the limits, the engine and the cache are each server's own.
    """
    known = parameters_of(config)
    names = (TRITONQA, BUNDLE, FINGERPRINT, PRECISION, DECODING, CALIBRATION)
    ports = {side: ", ".join(port["name"] for port in config.get(side, ())) for side in ("input", "output")}
    return {name: known[name] for name in names if name in known} | ports
