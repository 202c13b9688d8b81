"""A request's span within its caller's trace, a library's parts within it; nothing where nobody traces."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from tritonqa import tracing

sdk = pytest.importorskip("opentelemetry.sdk.trace")
ASK = {"question": "When does the warranty of the pump end?"}
TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@pytest.fixture(scope="module")
def spans() -> Iterator[Any]:
    from opentelemetry import trace
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    exporter = InMemorySpanExporter()
    provider = sdk.TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    yield exporter
    exporter.shutdown()


def test_an_ask_is_traced_from_its_caller_to_its_parts(client: TestClient, spans: Any) -> None:
    spans.clear()
    sent = {"traceparent": f"00-{TRACE}-{PARENT}-01"}
    assert client.post("/api/ask?hidden=swordfish", json=ASK, headers=sent).status_code == 200
    found = {span.name: span for span in spans.get_finished_spans()}
    assert set(found) == {"POST /api/ask", "tritonqa.retrieve", "tritonqa.read", "tritonqa.cite"}
    whole = found["POST /api/ask"]
    assert f"{whole.parent.span_id:016x}" == PARENT
    assert (
        whole.attributes["http.response.status_code"] == 200 and whole.attributes["http.route"] == "/api/ask"
    )
    for span in found.values():
        assert f"{span.context.trace_id:032x}" == TRACE
        assert "swordfish" not in str(span.to_json()) and "warranty" not in str(span.to_json())
        assert span is whole or span.parent.span_id == whole.context.span_id


def test_what_is_called_next_is_told_the_trace(spans: Any) -> None:
    with tracing.span("outer", {"traceparent": f"00-{TRACE}-{PARENT}-01"}):
        assert tracing.headers()["traceparent"].startswith(f"00-{TRACE}-")


def test_without_opentelemetry_nothing_is_imported_and_nothing_told() -> None:
    code = (
        "import sys; import tritonqa.tracing as t\n"
        "with t.span('x', {}) as s: s.set_attribute('a', 1); s.update_name('y')\n"
        "assert t.headers() == {} and not t.start('x') and 'opentelemetry' not in sys.modules"
    )
    subprocess.run(
        [sys.executable, "-c", code], check=True, env={"PATH": "", "PYTHONPATH": ":".join(sys.path)}
    )
