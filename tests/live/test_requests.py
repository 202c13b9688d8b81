"""What a real server does with requests that are odd, huge, forbidden or cancelled."""

from __future__ import annotations

import http.client
import json
from concurrent.futures import FIRST_EXCEPTION, wait
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import accumulate
from threading import Thread
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.serving import LONG, ONCE, metric, told
from tests.support.wait import PATIENCE, eventually
from tritonqa import Reader
from tritonqa.client import connect
from tritonqa.errors import Overloaded, TritonQAError, Unavailable
from tritonqa.protocol.call import Call
from tritonqa.protocol.contract import PASSAGE_COUNTS as COUNTS
from tritonqa.protocol.tensors import texts
from tritonqa.text import Ask
from tritonqa.triton.server.server import Server

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = st.sampled_from(
    ["question", "passages", COUNTS, "options", "top_k", "no_answer_threshold", "id", "inputs"]
)


def alive(server: Server) -> None:
    with Reader.load(str(server.grpc)) as reader:
        assert reader.ask("Who wrote it?", "It was written by Ada.")[0].text == "Ada"
    assert server.healthy


def post(server: Server, path: str, body: bytes) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(server.http.host, server.http.port, timeout=PATIENCE)
    try:
        connection.request("POST", path, body)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


@settings(max_examples=200)
@given(body=st.dictionaries(FIELDS, JSON, max_size=5))
def test_odd_json_is_answered_or_refused(server: Server, body: dict[str, Any]) -> None:
    status, answer = post(server, "/v2/models/reader/generate", json.dumps(body).encode())
    record = json.loads(answer)
    if status == 200:
        passages, counts = (
            _list(body["passages"]),
            _list(body.get(COUNTS, len(_list(body["passages"])))),
        )
        for end, count, row in zip(accumulate(counts), counts, _list(record["answers"]), strict=True):
            for answer in json.loads(row)["answers"]:
                own = passages[end - count : end][answer["passage"]]
                assert answer["text"] == own[answer["start"] : answer["end"]]
    else:
        assert status in (400, 500) and record["error"]
        assert "Traceback" not in record["error"]


def _list(value: Any) -> list[Any]:
    """Read what JSON may write as one value or several."""
    return value if isinstance(value, list) else [value]


@settings(max_examples=120)
@given(body=st.binary(max_size=200), path=st.sampled_from(["generate", "infer", "generate_stream"]))
def test_odd_bytes_are_refused(server: Server, body: bytes, path: str) -> None:
    status, _ = post(server, f"/v2/models/reader/{path}", body)
    assert status >= 400


@pytest.mark.parametrize(
    "passages",
    ["[" * 100_000 + '"x"' + "]" * 100_000, json.dumps(["文" * 1_900_000]), json.dumps(["a" * 16_000_000])],
    ids=["deep", "escaped", "large"],
)
def test_large_and_deep_json_is_answered_or_refused(server: Server, passages: str) -> None:
    body = f'{{"question": "Who?", "passages": {passages}}}'.encode()
    status, answer = post(server, "/v2/models/reader/generate", body)
    assert status == 200 or (status == 400 and b"passages" in answer)
    alive(server)


def test_the_server_is_right_after_all_that(server: Server) -> None:
    alive(server)


def test_what_triton_names_in_every_request_is_heeded_or_refused(server: Server) -> None:
    known = {"question": "Who wrote it?", "passages": ["It was written by Ada."]}

    def generate(**more: Any) -> tuple[int, bytes]:
        return post(server, "/v2/models/reader/generate", json.dumps(known | more).encode())

    assert generate(id="mine", timeout=60_000_000, priority=0)[0] == 200
    assert b"priority is not heeded" in generate(priority=1)[1]
    assert b"timeout must be a whole number" in generate(timeout="soon")[1]


def test_a_deadline_bounds_work_over_http_too(server: Server) -> None:
    """Nobody tells the server that an HTTP client left: what waits goes with the deadline it came with."""
    client = connect(server.http, ONCE)
    call = Call("reader", {"question": texts(["What?"]), "passages": texts([LONG * 12])}, ("answers",))
    asks = [client.submit(call, timeout=1) for _ in range(4)]
    assert all(isinstance(asked.exception(PATIENCE), TritonQAError) for asked in asks)
    client.close()
    eventually(lambda: metric(f"{server.metrics}/metrics", "tritonqa_waiting_windows") == 0)
    alive(server)


@pytest.mark.parametrize(("ours", "theirs"), [("grpc", "http"), ("http", "grpc")])
def test_the_other_ports_protocol_is_hinted_at(server: Server, ours: str, theirs: str) -> None:
    place = getattr(server, theirs).target
    with pytest.raises(Unavailable, match=f"{place} .*does not speak .*, write {theirs}://"):
        Reader.load(f"{ours}://{place}", connection=ONCE)


@pytest.mark.parametrize(
    "path",
    [
        "/v2/repository/index",
        "/v2/repository/models/reader/load",
        "/v2/repository/models/reader/unload",
        "/v2/systemsharedmemory/region/x/register",
        "/v2/logging",
        "/v2/trace/setting",
    ],
)
def test_admin_calls_are_refused(server: Server, path: str) -> None:
    status, answer = post(server, path, b"{}")
    assert status == 403 and b"restricted" in answer
    alive(server)


def test_admin_calls_over_grpc_are_refused(server: Server) -> None:
    from tritonqa.protocol.protobuf import grpc, service_pb2, service_pb2_grpc

    with grpc.insecure_channel(server.grpc.target) as channel:
        stub = service_pb2_grpc.GRPCInferenceServiceStub(channel)
        with pytest.raises(grpc.RpcError) as caught:
            stub.RepositoryModelUnload(service_pb2.RepositoryModelUnloadRequest(model_name="reader"))
    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
    alive(server)


def test_a_client_that_hangs_up_is_dropped(server: Server) -> None:
    metrics = f"{server.metrics}/metrics"
    with Reader.load(str(server.grpc)) as reader:
        passage, whole = LONG * 12, 392  # windows: as many as this server takes in a request
        told(server.http, metrics)
        begun = metric(metrics, "tritonqa_windows")
        asked = reader.backend.start(Ask.of("What?", passage), reader.backend.decoding)
        eventually(lambda: metric(metrics, "tritonqa_waiting_windows") > 30 or asked.done())
        assert not asked.done()
        asked.cancel()
        eventually(lambda: metric(metrics, "tritonqa_waiting_windows") == 0)
        told(server.http, metrics)
        assert metric(metrics, "tritonqa_windows") < begun + whole / 2


def test_more_than_may_wait_is_refused_at_once(server: Server) -> None:
    client = connect(server.grpc, ONCE)
    inputs = {"question": texts(["What?"]), "passages": texts([LONG])}
    asks = [client.submit(Call("reader", inputs, ("answers",))) for _ in range(32)]
    wait(asks, PATIENCE, FIRST_EXCEPTION)
    refused = [error for asked in asks if asked.done() and (error := asked.exception())]
    for asked in asks:
        asked.cancel()
    client.close()
    assert refused and all(isinstance(error, Overloaded) for error in refused)
    assert "wait already" in str(refused[0])
    alive(server)


def test_metrics_tell_of_asks(server: Server) -> None:
    metrics = f"{server.metrics}/metrics"
    told(server.http, metrics)
    before = {name: metric(metrics, name) for name in ("tritonqa_answered", "tritonqa_no_answer")}
    with Reader.load(str(server.grpc)) as reader:
        reader.ask("Who wrote it?", "It was written by Ada.")
        reader.ask("Who wrote it?", "Rain.", no_answer_threshold=0.0)
    told(server.http, metrics)
    assert {name: metric(metrics, name) - count for name, count in before.items()} == {
        "tritonqa_answered": 1,
        "tritonqa_no_answer": 1,
    }
    assert metric(metrics, "tritonqa_engine_seconds") > 0


def test_what_speaks_http_only_is_said() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as other:
        Thread(target=other.serve_forever, daemon=True).start()
        with pytest.raises(Unavailable, match="does not speak gRPC; .* write http://"):
            Reader.load(f"grpc://127.0.0.1:{other.server_port}", connection=ONCE)
        other.shutdown()


def test_no_answer_there_is_said(tmp_path: Any) -> None:
    with pytest.raises(TritonQAError, match="nothing answers at grpc://127.0.0.1:9"):
        Reader.load("grpc://127.0.0.1:9")


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("http://{server.grpc.target}", "does not speak HTTP; .* write grpc://"),
        ("{server.http}/elsewhere", r"/elsewhere answered 404: Not Found"),
    ],
)
def test_a_wrong_address_is_said(server: Server, place: str, message: str) -> None:
    with pytest.raises(TritonQAError, match=message):
        Reader.load(place.format(server=server))
