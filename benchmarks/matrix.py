"""The questions that everyone asks who puts a reader on Triton, measured in turns on this machine.

    python benchmarks/matrix.py PART [--seconds S] [--rounds N]

Parts on the toy engine, which computes next to nothing, so that the wire is seen: clients (protocols and
client libraries), batches (questions a request), cache. On the packaged reader: batching (tokens to the model
logits with dynamic batching off, on for one shape, on and ragged, against texts to the model reader), streams
(and windows a call), lengths (equal and mixed), long (short asks beside a long one). Needs tritonclient[http]
beside the extra triton.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from clients import Stub, ways
from record import record
from rounds import Asked, in_turn

from tritonqa.arrays import FloatArray
from tritonqa.bench import Load, Target, Workload, generated, squad_sample
from tritonqa.cli.signals import ended_by_term
from tritonqa.engine import cpu
from tritonqa.engine.backends.openvino import OpenVinoEngine
from tritonqa.engine.base import ROUND_TO, Grouping
from tritonqa.engine.choose import named as named_choice
from tritonqa.features import Window
from tritonqa.reader.backend import Backend
from tritonqa.reader.choose import available
from tritonqa.reader.find import PACKAGED, find_bundle
from tritonqa.reader.in_process import InProcess
from tritonqa.triton.repository.options import LogitsOptions, Models
from tritonqa.triton.repository.write import build
from tritonqa.triton.runtime.install import install
from tritonqa.triton.server.options import Serving
from tritonqa.triton.server.server import Server

Values = dict[str, Any]
_ANY = Serving(http_port=0, grpc_port=0, metrics_port=0)
_RAGGED = "allow_ragged_batch: true"


@contextmanager
def serving(models: Models, *, ragged: bool = True) -> Iterator[Server]:
    """Run a server on a repository of its own; without ragged, logits of one shape alone share a batch."""
    with tempfile.TemporaryDirectory() as folder:
        build(find_bundle(PACKAGED), Path(folder) / "repository", models)
        if not ragged:
            config = Path(folder) / "repository" / "logits" / "config.pbtxt"
            text = config.read_text(encoding="utf-8")
            assert _RAGGED in text
            config.write_text(text.replace(_RAGGED, ""), encoding="utf-8")
        with Server.start(install(), Path(folder) / "repository", _ANY) as server:
            yield server


def clients(seconds: float, rounds: int) -> Values:
    """Compare protocols and client libraries."""
    found: Values = {}
    with serving(Models(engine="toy")) as server:
        opened = ways(server.http, server.grpc)
        for many in (1, 16):
            named = {
                name: (way, squad_sample(), Load(clients=many), str(server.grpc))
                for name, way in opened.items()
            }
            found[f"{many} clients"] = in_turn(named, seconds, rounds)
        for way in opened.values():
            way.close()
    return found


def batches(seconds: float, rounds: int) -> Values:
    """Compare 1, 8 and 32 questions a request; an "ask" of these rows is a request."""
    found: Values = {}
    with serving(Models(engine="toy")) as server:
        for many in (1, 4):
            named: dict[str, Asked] = {
                str(count): (Stub(server.grpc, count), squad_sample(), Load(clients=many), str(server.grpc))
                for count in (1, 8, 32)
            }
            rows = in_turn(named, seconds, rounds)
            for count, row in rows.items():
                row["questions_per_second"] = int(count) * row["asks_per_second"]
            found[f"{many} clients"] = rows
    return found


def batching(seconds: float, rounds: int) -> Values:
    """Compare token ids to a model with and without dynamic batching, and texts to the reader."""
    found: Values = {}
    work, load = squad_sample(), Load(clients=8)
    with (
        serving(Models(logits=LogitsOptions(max_batch_size=1))) as off,
        serving(Models(logits=LogitsOptions(max_batch_size=16)), ragged=False) as equal,
        serving(Models(logits=LogitsOptions(max_batch_size=16))) as on,
    ):
        named: dict[str, Asked] = {
            "token ids, batching off": (Target(engine=str(off.grpc)).open(), work, load, str(off.grpc)),
            "token ids, batching on, one shape": (
                Target(engine=str(equal.grpc)).open(),
                work,
                load,
                str(equal.grpc),
            ),
            "token ids, batching on, ragged": (Target(engine=str(on.grpc)).open(), work, load, str(on.grpc)),
            "texts to the reader": (Target(str(on.grpc)).open(), work, load, str(on.grpc)),
            "in process": (Target().open(), work, load, None),
        }
        found["8 clients"] = in_turn(named, seconds, rounds)
        for backend, *_ in named.values():
            backend.close()
    return found


def streams(seconds: float, rounds: int) -> Values:
    """Compare streams of a core, and one of all cores, by how many windows of one length a call may hold."""
    bundle, work = find_bundle(PACKAGED), squad_sample()
    named: dict[str, Asked] = {}
    for kind in (OpenVinoEngine, OneStream):
        for windows in (1, 4, 8):
            choice = named_choice(available(bundle), "openvino", None)
            engine = kind(choice.file, choice.precision, cpu.cores())
            engine.grouping = Grouping(windows, same_length=ROUND_TO)
            name = f"{'one stream' if kind is OneStream else 'a stream a core'}, {windows} a call"
            named[name] = (InProcess.of(bundle, engine), work, Load(clients=16), None)
    found = in_turn(named, seconds, rounds)
    for backend, *_ in named.values():
        backend.close()
    return found


class OneStream(OpenVinoEngine):
    """Give every call all cores."""

    def __init__(self, file: Path, precision: str, cores: int) -> None:
        """Read the file."""
        super().__init__(file, precision, cores)
        self.streams = 1

    def run(self, windows: Sequence[Window], *, alone: bool = False) -> list[FloatArray]:
        """Run the windows on all cores."""
        return super().run(windows, alone=True)


def lengths(seconds: float, rounds: int) -> Values:
    """Compare passages of one length with a mix of the same mean, in process and served."""
    equal, mixed = generated([120]), generated([20, 60, 120, 180, 220])
    with serving(Models()) as server:
        here, there = Target().open(), Target(str(server.grpc)).open()
        named: dict[str, Asked] = {
            f"{name}, {place}": (backend, work, Load(clients=8), address)
            for name, work in (("equal", equal), ("mixed", mixed))
            for place, backend, address in (("in process", here, None), ("served", there, str(server.grpc)))
        }
        found = in_turn(named, seconds, rounds)
        for backend in (here, there):
            backend.close()
    return found


def long(seconds: float, rounds: int) -> Values:
    """Ask shortly beside nothing, and beside somebody who asks of 100 pages (50,000 words) all the time."""
    with serving(Models()) as server:
        places = {"in process": Target().open(), "served": Target(str(server.grpc)).open()}
        return {place: _beside(backend, seconds, rounds) for place, backend in places.items()}


def _beside(backend: Backend, seconds: float, rounds: int) -> Values:
    short, book = generated([100]), generated([50_000])[0]
    found = {"alone": _one(backend, short, seconds, rounds)}
    ended = threading.Event()

    def reads() -> None:
        while not ended.is_set():
            future = backend.start(book, backend.decoding)
            while not future.done() and not ended.wait(0.1):
                pass
            future.cancel()

    thread = threading.Thread(target=reads)
    thread.start()
    found["beside 100 pages"] = _one(backend, short, seconds, rounds)
    ended.set()
    thread.join()
    backend.close()
    return found


def cache(seconds: float, rounds: int) -> Values:
    """Ask the same texts again with the answers kept and not, and fresh texts where they are kept in vain."""
    same, fresh, load = squad_sample(fresh=False), squad_sample(), Load(clients=4)
    with serving(Models(engine="toy", cache=True)) as kept, serving(Models(engine="toy")) as plain:
        with_cache, without = Target(str(kept.grpc)).open(), Target(str(plain.grpc)).open()
        for ask in same.asks:
            with_cache.answer(ask, with_cache.decoding)
        named: dict[str, Asked] = {
            "same texts, no cache": (without, same, load, str(plain.grpc)),
            "same texts, cache": (with_cache, same, load, str(kept.grpc)),
            "fresh texts, no cache": (without, fresh, load, str(plain.grpc)),
            "fresh texts, cache": (with_cache, fresh, load, str(kept.grpc)),
        }
        found = in_turn(named, seconds, rounds)
        for backend in (with_cache, without):
            backend.close()
    return found


def _one(backend: Backend, work: Workload, seconds: float, rounds: int) -> Values:
    return in_turn({"": (backend, work, Load(clients=1), None)}, seconds, rounds)[""]


PARTS: dict[str, Callable[[float, int], Values]] = {
    part.__name__: part for part in (clients, batches, batching, streams, lengths, long, cache)
}


def main() -> None:
    """Measure, print, write dated JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="+", choices=PARTS)
    parser.add_argument("--seconds", type=float, default=1.0, help="of a round")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    for part in options.parts:
        load = os.getloadavg()[0]
        with ended_by_term():
            values = PARTS[part](options.seconds, options.rounds)
        about = {"seconds_a_round": options.seconds, "rounds": options.rounds, "load_before": load}
        record(f"matrix-{part}", {**about, "load_after": os.getloadavg()[0], "measured": values})


if __name__ == "__main__":
    main()
