"""The page in front of a real Triton that goes away in the middle of an ask, and comes back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from starlette.testclient import TestClient

from tests.support.serving import ANSWER, FREE, LONG, ONCE, PASSAGE, QUESTION, metric
from tests.support.wait import eventually
from tests.web.conftest import ADDRESS
from tests.web.test_ask import events_of
from tritonqa import Reader
from tritonqa.triton.runtime.layout import Runtime
from tritonqa.triton.server.server import Server
from tritonqa.web import create_app

ASK = {"question": QUESTION, "passages": PASSAGE}
EVENTS = {"Accept": "text/event-stream"}


def test_what_went_away_is_said_and_what_came_back_answers(runtime: Runtime, repository: Path) -> None:
    serving = FREE.with_ports()
    triton = Server.start(runtime, repository, serving)
    metrics = f"http://127.0.0.1:{serving.metrics_port}/metrics"
    try:
        with (
            Reader.load(f"grpc://127.0.0.1:{serving.grpc_port}", connection=ONCE) as reader,
            TestClient(create_app(reader), ADDRESS) as client,
            ThreadPoolExecutor(3) as asking,
        ):
            assert client.post("/api/ask", json=ASK).json()["answers"][0]["text"] == ANSWER
            begun = metric(metrics, "tritonqa_asks_begun")
            long = {"question": "What is the password?", "passages": [LONG] * 12}
            under_way = [asking.submit(client.post, "/api/ask", json=long, headers=EVENTS) for _ in range(3)]
            eventually(lambda: metric(metrics, "tritonqa_asks_begun") >= begun + len(under_way))
            triton.kill()  # they take turns, so none of them is done yet
            for one in under_way:
                ((name, told),) = events_of(one.result().text)
                assert name == "error" and told["status"] == 503 and "127.0.0.1" in told["error"]
            refused = client.post("/api/ask", json=ASK)
            assert refused.status_code == 503 and int(refused.headers["retry-after"]) > 0
            assert "nothing answers at" in refused.json()["error"]
            assert client.get("/healthz").text == "ok\n"
            triton = Server.start(runtime, repository, serving)
            answered = eventually(
                lambda: [one for one in [client.post("/api/ask", json=ASK)] if one.status_code == 200]
            )
            assert answered[0].json()["answers"][0]["text"] == ANSWER
    finally:
        triton.kill()
