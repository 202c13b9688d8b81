"""Spans of OpenTelemetry, where it is in use; nothing otherwise."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

_ADDRESSES = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


class _Silent:
    """A span that nobody sees."""

    def set_attribute(self, name: str, value: object) -> None:
        pass

    def update_name(self, name: str) -> None:
        pass


@contextmanager
def span(name: str, carrier: Mapping[str, str] | None = None) -> Iterator[Any]:
    """Time a part of the work; with a carrier, a request's headers, as a part of its caller's trace.

    Nothing is recorded in a program that has not imported OpenTelemetry: whoever traces has.
    """
    if (trace := sys.modules.get("opentelemetry.trace")) is None:
        yield _Silent()
        return
    from opentelemetry.propagate import extract

    context = None if carrier is None else extract(carrier)
    kind = trace.SpanKind.INTERNAL if carrier is None else trace.SpanKind.SERVER
    with trace.get_tracer("tritonqa").start_as_current_span(name, context, kind) as started:
        yield started


def headers() -> dict[str, str]:
    """Return the headers that make what is called next a part of this trace."""
    if "opentelemetry.trace" not in sys.modules:
        return {}
    from opentelemetry.propagate import inject

    found: dict[str, str] = {}
    inject(found)
    return found


def start(service: str) -> bool:
    """Send spans to where OpenTelemetry's own variables say; tell whether they do, and it is installed."""
    if not any(map(os.environ.get, _ADDRESSES)):
        return False
    try:
        from opentelemetry import trace
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        return False
    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    return True
