"""A bulk run over a Ray cluster: an actor a node holds the reader, the driver reads rows and writes parts.

What a node had in hand when it died goes to another; a part is written once, by the driver, whatever Ray did.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, Unpack

from tritonqa.bulk.files import expanded
from tritonqa.bulk.options import BulkOptions
from tritonqa.bulk.part import Written
from tritonqa.bulk.run import Run, Step, Summary
from tritonqa.bulk.stream import Rows, answer_parts
from tritonqa.errors import InputError, MissingExtra, Unavailable, first_line
from tritonqa.reader import Reader
from tritonqa.spans import AskOptions

_PATIENCE = 10.0  # seconds
_REMEDY = "start one with ray start --head, or give --ray local"
_LOST = (
    "all nodes of the Ray cluster are lost; start them again, or leave --ray away: the same command goes on "
    "where it was"
)
_ROWS_AHEAD, _PARTS_AHEAD = 128, 8  # at a node: an engine does more where it has windows to choose from


class Answerer:
    """The reader of a node."""

    def __init__(self, reader: str, loading: dict[str, Any], format: str, asked: AskOptions) -> None:
        """Take what to load: an error in the making of an actor would reach the driver as text alone."""
        self._open = partial(Reader.load, reader, **loading)
        self._format, self._asked = format, asked

    def load(self) -> str:
        """Load the reader and return its fingerprint; raises what Reader.load does."""
        self._reader = self._open()
        return self._reader.fingerprint

    def answer(self, rows: Rows) -> Written:
        """Answer a part."""
        (written,) = answer_parts(self._reader, [rows], self._format, **self._asked)
        return written


def bulk_on_ray(
    reader: str,
    inputs: Sequence[str],
    output: str,
    options: BulkOptions | None = None,
    step: Step | None = None,
    *,
    address: str | None = None,
    loading: dict[str, Any] | None = None,
    **asked: Unpack[AskOptions],
) -> Summary:
    """Answer every row as tritonqa.bulk.bulk does, on the nodes of the Ray cluster at address.

    reader is a name that every node can load; address "local" starts Ray on this machine, None joins what
    RAY_ADDRESS names. Raises Unavailable where no cluster answers or all its nodes are lost, InputError where
    they hold different readers of that name, else as bulk.
    """
    ray = _ray()
    chosen = options or BulkOptions()
    run = Run(expanded(inputs, output), output, chosen, asked)
    with _cluster(ray, address):
        ahead = _parts_ahead(chosen.rows)
        make = partial(_actor, ray, (reader, loading or {}, chosen.format, asked), ahead)
        with _started(ray, [make(node) for node in _nodes(ray)]) as actors:
            loaded = _loaded(ray, actors)
            with run.begun(_one_reader(reader, loaded), step):
                for written in _answered(ray, [actor for actor, _ in loaded], run.pending(), ahead):
                    run.commit(written)
                    run.row_done(written.counts.rows)
                return run.finish()


@contextmanager
def _started(ray: Any, actors: list[Any]) -> Iterator[list[Any]]:
    """End the actors with this: one that is merely let go of may hold its reader for long."""
    try:
        yield actors
    finally:
        for actor in actors:
            with suppress(ray.exceptions.RayError, ValueError):  # its node, or the cluster, is gone
                ray.kill(actor)


def _loaded(ray: Any, actors: list[Any]) -> list[tuple[Any, str]]:
    """Wait until each has its reader; return those whose nodes still live, and the readers' fingerprints.

    Raises what Reader.load does.
    """
    found = []
    for actor, future in [(actor, actor.load.remote()) for actor in actors]:
        with suppress(ray.exceptions.RayActorError):
            found.append((actor, _get(ray, future)))
    if not found:
        raise Unavailable(_LOST)
    return found


def _one_reader(name: str, loaded: Sequence[tuple[Any, str]]) -> str:
    """Return the fingerprint of all."""
    one, *others = {fingerprint for _, fingerprint in loaded}
    if others:
        raise InputError(f"the nodes hold different readers as {name!r:.80}; give all of them the same")
    return one


def _parts_ahead(rows: int) -> int:
    """Say how many parts of so many rows a node answers at once: where one ends, the next goes on."""
    return min(_PARTS_AHEAD, 1 + -(-_ROWS_AHEAD // rows))


def _answered(ray: Any, actors: list[Any], parts: Iterator[Rows], ahead: int) -> Iterator[Written]:
    """Keep every actor busy, no more than so many parts ahead each; give parts as they are done."""
    waiting: dict[Any, tuple[Any, Rows]] = {}
    again: list[Rows] = []

    def fill() -> None:
        for actor in actors:
            while sum(at is actor for at, _ in waiting.values()) < ahead:
                rows = again.pop() if again else next(parts, None)
                if rows is None:
                    return
                waiting[actor.answer.remote(rows)] = actor, rows

    fill()
    while waiting:
        (done,), _ = ray.wait(list(waiting), num_returns=1)
        actor, rows = waiting.pop(done)
        try:
            yield _get(ray, done)
        except ray.exceptions.RayActorError as error:  # dead, or out of reach
            again.append(rows)
            if actor in actors:
                actors.remove(actor)
            if not actors:
                raise Unavailable(_LOST) from error
        fill()


def _get(ray: Any, future: Any) -> Any:
    """Return what an actor gives; raises what it raised there."""
    try:
        return ray.get(future)
    except ray.exceptions.RayTaskError as error:
        raise error.cause or error from error


def _actor(ray: Any, arguments: tuple[Any, ...], threads: int, node: str) -> Any:
    """Start the actor of a node, and nowhere else; it is not started again elsewhere."""
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy as At

    options = {"num_cpus": 1, "max_restarts": 0, "max_concurrency": threads}
    return ray.remote(scheduling_strategy=At(node, soft=False), **options)(Answerer).remote(*arguments)


def _nodes(ray: Any) -> list[str]:
    found = [node["NodeID"] for node in ray.nodes() if node["Alive"] and node["Resources"].get("CPU")]
    if not found:
        raise Unavailable("the Ray cluster has no node with a CPU that is alive; start one")
    return found


@contextmanager
def _cluster(ray: Any, address: str | None) -> Iterator[None]:
    """Join a cluster, or start one on this machine, and leave it; one that was joined already stays so."""
    if ray.is_initialized():
        yield
        return
    own = {"include_dashboard": False} if address == "local" else {}
    _check_reachable(address)
    try:
        ray.init(address=address or "auto", log_to_driver=False, logging_level="ERROR", **own)
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise Unavailable(
            f"no Ray cluster answers at {address or 'RAY_ADDRESS'}: {first_line(error)}; {_REMEDY}"
        ) from error
    try:
        yield
    finally:
        ray.shutdown()


def _check_reachable(address: str | None) -> None:
    """Raise Unavailable where nothing listens at host:port; Ray itself would try for minutes."""
    host, _, port = (address or "").rpartition(":")
    if "/" in host or not port.isdecimal():
        return
    try:
        socket.create_connection((host, int(port)), _PATIENCE).close()
    except (OSError, OverflowError) as error:
        raise Unavailable(f"no Ray cluster answers at {address}: {first_line(error)}; {_REMEDY}") from error


def _ray() -> Any:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # a cluster that this process starts calls nobody
    try:
        import ray
    except ImportError as error:
        raise MissingExtra("ray", "ray") from error
    return ray
