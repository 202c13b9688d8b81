"""Counters that Prometheus reads."""

from __future__ import annotations

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

CONTENT_TYPE = CONTENT_TYPE_LATEST


class Metrics:
    """The counters of one application, in a registry of their own."""

    def __init__(self) -> None:
        """Make the counters."""
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "tritonqa_web_requests", "Requests.", ("route", "method", "status"), registry=self._registry
        )
        self.seconds = Histogram(
            "tritonqa_web_request_seconds", "Time to answer.", ("route",), registry=self._registry
        )
        self.under_way = Gauge(
            "tritonqa_web_asks_under_way", "Asks that run or wait in line.", registry=self._registry
        )

    def text(self) -> bytes:
        """Return all of them as Prometheus reads them."""
        return generate_latest(self._registry)
