from __future__ import annotations

import gc
import sys
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.support.scripted import CALL, SENT, Scripted
from tests.support.wait import PATIENCE, eventually
from tritonqa.client import Address, connect, parse_addresses
from tritonqa.client.balance import BalancedClient
from tritonqa.client.balance.server import work_of
from tritonqa.errors import EngineError, InputError, Overloaded, Timeout, TritonQAError, Unavailable
from tritonqa.protocol.call import Call
from tritonqa.protocol.tensors import texts

THREE = parse_addresses("grpc://127.0.0.1:1,127.0.0.1:2,127.0.0.1:3")


@contextmanager
def balanced(*servers: Scripted) -> Iterator[BalancedClient]:
    """Put scripted servers behind one name."""
    known = dict(zip(THREE, servers, strict=False))
    client = BalancedClient(list(known), known.__getitem__)
    client.config("reader")
    yield client
    client.close()


def silent() -> Scripted:
    server = Scripted()
    server.answers = False
    return server


def states(client: BalancedClient) -> list[str]:
    return [*client.servers().values()]


def test_calls_go_where_least_waits() -> None:
    servers = silent(), silent(), silent()
    with balanced(*servers) as client:
        for _ in range(30):
            client.submit(CALL)
        assert all(8 <= server.calls <= 12 for server in servers)


def test_calls_alike_go_where_such_are() -> None:
    short, long = (Call("reader", {"text": texts(["x" * size])}, ("text",)) for size in (20, 2000))
    calls = [short, short, long, short, short] * 20
    servers = silent(), silent()
    with balanced(*servers) as client:
        for call in calls:
            client.submit(call)
        work = sorted(sum(map(work_of, server.sent)) for server in servers)
        assert work[1] < 1.5 * work[0]
        assert max(server.sent.count(long) for server in servers) >= 17


def test_a_slow_server_gets_fewer_calls() -> None:
    slow, quick = silent(), Scripted()
    with balanced(slow, quick) as client:
        for _ in range(100):
            client.submit(CALL)
        assert slow.calls < 10 < quick.calls


@pytest.mark.parametrize("error", [Unavailable("down"), Overloaded("full"), Timeout("late")])
def test_what_one_does_not_answer_another_does(error: TritonQAError) -> None:
    bad, good = Scripted(), Scripted()
    bad.fails = error
    with balanced(bad, good) as client:
        for _ in range(20):
            assert client.infer(CALL, PATIENCE) is SENT
        assert bad.calls


@pytest.mark.parametrize("error", [InputError("question is empty"), EngineError("broken")])
def test_what_would_fail_anywhere_is_told(error: TritonQAError) -> None:
    servers = Scripted(), Scripted()
    for server in servers:
        server.fails = error
    with balanced(*servers) as client, pytest.raises(type(error), match=str(error)):
        client.infer(CALL, PATIENCE)
    assert sum(server.calls for server in servers) == 1


def test_where_all_refuse_the_refusal_is_told() -> None:
    servers = Scripted(), Scripted()
    for server in servers:
        server.fails = Overloaded("full")
    with balanced(*servers) as client:
        with pytest.raises(Overloaded):
            client.infer(CALL, PATIENCE)
        assert [server.calls for server in servers] == [1, 1]
        for server in servers:
            server.fails = None
        assert client.infer(CALL, PATIENCE) is SENT


def test_a_server_that_was_gone_is_asked_again_when_it_is_back() -> None:
    gone, other = Scripted(), Scripted()
    gone.fails = gone.is_ready = Unavailable("nothing answers")
    with balanced(gone, other) as client:
        assert states(client) == ["nothing answers", "ready"]
        client.infer(CALL, PATIENCE)
        assert not gone.calls
        gone.fails, gone.is_ready, other.fails = None, True, Unavailable("down")
        eventually(lambda: states(client)[0] == "ready")
        eventually(lambda: client.infer(CALL, PATIENCE) is SENT and gone.calls)


def test_calls_at_a_server_that_falls_silent_go_elsewhere_and_are_answered_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tritonqa.client.balance.server._UNKNOWN", PATIENCE)  # no call is late before
    stopped, other = silent(), silent()
    with balanced(stopped, other) as client:
        futures = [client.submit(CALL) for _ in range(8)]
        at_first = stopped.calls
        assert at_first
        stopped.is_ready = Timeout("no answer")
        eventually(lambda: len(other.replies) == 8)
        for reply in [*other.replies, *stopped.replies]:
            reply(SENT)
        assert all(future.result(PATIENCE) is SENT for future in futures)
        assert stopped.cancelled == at_first
        assert states(client) == ["no answer", "ready"]


def test_a_late_call_at_a_slow_server_goes_elsewhere_too() -> None:
    slow, quick = silent(), Scripted()
    with balanced(slow, quick) as client:
        futures = [client.submit(CALL) for _ in range(40)]
        assert all(future.result(PATIENCE) is SENT for future in futures)
        assert slow.calls and states(client) == ["ready", "ready"]


def test_a_draining_server_gets_no_calls_and_answers_those_it_has() -> None:
    draining, other = silent(), silent()
    with balanced(draining, other) as client:
        futures = [client.submit(CALL) for _ in range(2)]
        draining.is_ready = False
        eventually(lambda: states(client)[0] == "it is not ready")
        before = draining.calls
        futures += [client.submit(CALL) for _ in range(4)]
        assert draining.calls == before
        for reply in [*draining.replies, *other.replies]:
            reply(SENT)
        assert all(future.result(PATIENCE) is SENT for future in futures)


def test_servers_of_different_readers_are_refused_by_name() -> None:
    message = "127.0.0.1:2 does not run what grpc://127.0.0.1:1 runs: bundle other 1 there, minilm 1 here"
    with pytest.raises(EngineError, match=message), balanced(Scripted(), Scripted(bundle="other 1")):
        pass


def test_a_server_that_was_updated_is_left_out_until_all_are() -> None:
    first, second = Scripted(), Scripted()
    with balanced(first, second) as client:
        first.bundle = "minilm 2"
        eventually(lambda: "minilm 2 there" in states(client)[0])
        before = first.calls
        for _ in range(10):
            client.infer(CALL, PATIENCE)
        assert first.calls == before
        second.bundle = "minilm 2"
        eventually(lambda: states(client) == ["ready", "ready"])


def test_without_any_server_loading_fails_and_names_them() -> None:
    servers = Scripted(), Scripted()
    for server in servers:
        server.is_ready = Unavailable("refused")
    with pytest.raises(Unavailable, match="127.0.0.1:1: refused; grpc://127.0.0.1:2: refused"):
        with balanced(*servers):
            pass


def test_cancelling_a_call_cancels_it_where_it_is() -> None:
    servers = silent(), silent()
    with balanced(*servers) as client:
        future = client.submit(CALL)
        assert future.cancel()
        assert sum(server.cancelled for server in servers) == 1


def test_a_stream_that_is_left_blames_no_server() -> None:
    servers = silent(), silent()
    told: list[object] = []
    with balanced(*servers) as client:
        with client.stream(CALL) as send:
            send(CALL, told.append)
        for server in servers:
            for reply in server.replies:
                reply(Unavailable("the stream was closed"))
        assert [type(error) for error in told] == [Unavailable]
        assert states(client) == ["ready", "ready"]


def test_a_name_of_one_address_may_get_more(monkeypatch: pytest.MonkeyPatch) -> None:
    hosts = ["10.0.0.1"]

    def look_up(host: str, port: int, **_: object) -> list[tuple[int, int, int, str, tuple[str, int]]]:
        return [(2, 1, 6, "", (each, port)) for each in hosts]

    monkeypatch.setattr("socket.getaddrinfo", look_up)
    monkeypatch.setattr("tritonqa.client.balance.watch._NAMES_CHECK", 0.05)
    monkeypatch.setattr(sys.modules[connect.__module__], "_open", lambda address, connection: Scripted())
    monkeypatch.setenv("TRITONQA_SEVERAL", "1")
    client = connect(Address.parse("grpc://tritons:8001"))
    client.config("reader")
    assert [*client.servers()] == ["grpc://10.0.0.1:8001"]
    hosts.append("10.0.0.2")
    eventually(lambda: [*client.servers()] == ["grpc://10.0.0.1:8001", "grpc://10.0.0.2:8001"])
    client.close()


def test_threads_end_with_a_client_that_is_forgotten() -> None:
    before = set(threading.enumerate())
    known = {address: Scripted() for address in THREE}
    client = BalancedClient(THREE, known.__getitem__)
    client.config("reader")
    assert set(threading.enumerate()) - before
    fleet = weakref.ref(client)
    del client
    gc.collect()
    assert fleet() is None
    eventually(lambda: not set(threading.enumerate()) - before)


def test_a_name_that_gets_another_address_is_another_server(monkeypatch: pytest.MonkeyPatch) -> None:
    hosts = ["10.0.0.1", "10.0.0.2"]

    def look_up(host: str, port: int, **_: object) -> list[tuple[int, int, int, str, tuple[str, int]]]:
        return [(2, 1, 6, "", (each, port)) for each in hosts]

    monkeypatch.setattr("socket.getaddrinfo", look_up)
    monkeypatch.setattr("tritonqa.client.balance.watch._NAMES_CHECK", 0.05)
    opened: dict[Address, Scripted] = {}
    client = BalancedClient(
        [Address.parse("grpc://tritons:8001")], lambda a: opened.setdefault(a, Scripted())
    )
    client.config("reader")
    assert [*client.servers()] == ["grpc://10.0.0.1:8001", "grpc://10.0.0.2:8001"]
    assert {address.name for address in opened} == {"tritons"}
    hosts[:] = ["10.0.0.2", "10.0.0.3"]
    eventually(lambda: [*client.servers()] == ["grpc://10.0.0.2:8001", "grpc://10.0.0.3:8001"])
    eventually(lambda: states(client) == ["ready", "ready"])
    eventually(lambda: [each.closed for each in opened.values()] == [True, False, False])
    client.close()
