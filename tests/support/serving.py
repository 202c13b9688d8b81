"""`tritonqa serve` as its users start it, and clients that keep asking."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from time import monotonic

import pytest

from tests.support.wait import PATIENCE, eventually
from tritonqa import Answers, Reader
from tritonqa.client import Connection
from tritonqa.errors import TritonQAError
from tritonqa.triton.repository.options import Limits
from tritonqa.triton.server import processes
from tritonqa.triton.server.options import Serving

PATIENT, ONCE = Connection(timeout=PATIENCE, retries=1000), Connection(timeout=PATIENCE, retries=0)
LIMITS = Limits(waiting=256, characters=400_000, seconds=PATIENCE)
FREE = Serving(http_port=0, grpc_port=0, metrics_port=0, start_timeout=PATIENCE, drain_timeout=PATIENCE)
QUESTION, PASSAGE, ANSWER = "Who wrote it?", "It was written by Ada in 1843.", "Ada"
# Its windows take a while, so that it is still under way when something happens to the server.
LONG = "The sky is blue over the sea. " * 1000 + "The password of the vault is kestrel."


INFER = json.dumps(
    {
        "inputs": [
            {"name": "question", "shape": [1], "datatype": "BYTES", "data": [QUESTION]},
            {"name": "passages", "shape": [1], "datatype": "BYTES", "data": [PASSAGE]},
        ]
    }
).encode()

PORTS = ("--http-port", "0", "--grpc-port", "0", "--metrics-port", "0", "--logs", "none")
PATIENTLY = ("--ask-timeout", str(PATIENCE), "--drain", str(PATIENCE))


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from tritonqa.cli.main import main; main()", *arguments]


def same(ours: Answers, theirs: Answers) -> None:
    """Hold answers to be equal, scores to a thousandth."""
    assert [(a.text, a.start, a.end, a.passage) for a in ours] == [
        (a.text, a.start, a.end, a.passage) for a in theirs
    ]
    assert [a.score for a in ours] == pytest.approx([a.score for a in theirs], abs=1e-3)
    assert ours.no_answer == pytest.approx(theirs.no_answer, abs=1e-3)
    assert (ours.question, ours.calibrated, ours.question_cut) == (
        theirs.question,
        theirs.calibrated,
        theirs.question_cut,
    )


@dataclass
class Served:
    process: subprocess.Popen[str]
    http: str
    grpc: str
    metrics: str

    @property
    def triton(self) -> int:
        """The server's own process."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return next(int(child) for child in children)

    @property
    def mark(self) -> Mark:
        words = Path(f"/proc/{self.triton}/cmdline").read_bytes().decode().split("\0")
        return Mark(self.triton, next(word[5:] for word in words if word.startswith("--id=")))

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)


@contextmanager
def served(state: Path, *arguments: str, before: Sequence[str] = ()) -> Iterator[Served]:
    """Run the command on free ports, its records kept apart, behind what runs it; end it in any case."""
    patiently = () if "--repository" in arguments else PATIENTLY  # what is written there already stays
    process = subprocess.Popen(
        [*before, *command("serve", "--json", *PORTS, *patiently, *arguments)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "XDG_STATE_HOME": str(state)},
    )
    assert process.stdout is not None
    try:
        record = json.loads(process.stdout.readline())
        yield Served(process, record["http"], record["grpc"], record["metrics"])
    finally:
        process.stdout.close()
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)


@dataclass
class Clients:
    """Readers that ask without a pause from threads of their own, and what came of each ask.

    With streams they ask many at once, and open another stream where one failed.
    """

    urls: list[str]
    streams: bool = False
    right: int = 0
    failed: list[TritonQAError] = field(default_factory=list)
    wrong: list[object] = field(default_factory=list)

    def __enter__(self) -> Clients:
        self._end = threading.Event()
        readers = [Reader.load(url, connection=Connection(timeout=PATIENCE)) for url in self.urls]
        self._threads = [threading.Thread(target=self._ask, args=(reader,)) for reader in readers]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._end.set()
        for thread in self._threads:
            thread.join(PATIENCE)
            assert not thread.is_alive(), "an ask was never answered"

    def wait_for(self, more: int) -> None:
        """Wait until so many more asks were answered right."""
        goal = self.right + more
        eventually(lambda: self.right >= goal)

    def _ask(self, reader: Reader) -> None:
        with reader:
            while not self._end.is_set():
                try:
                    for answers in self._answers(reader):
                        if [answer.text for answer in answers] == [ANSWER]:
                            self.right += 1
                        else:
                            self.wrong.append(answers)
                except TritonQAError as error:
                    self.failed.append(error)
                except BaseException as error:  # noqa: BLE001 - no other kind may reach a user
                    self.wrong.append(error)

    def _answers(self, reader: Reader) -> Iterator[Answers]:
        asks = iter(lambda: (QUESTION, PASSAGE) if not self._end.is_set() else None, None)
        if self.streams:
            yield from reader.ask_many(asks)
        else:
            yield reader.ask(QUESTION, PASSAGE)


def metric(address: str, name: str) -> float:
    """Read a metric, summed over models and versions."""
    lines = urllib.request.urlopen(address, timeout=PATIENCE).read().decode().splitlines()
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(name + "{"))


def status_of(url: str, body: bytes | None = None) -> int:
    """Return the status of an answer over HTTP; 0 where none came."""
    try:
        with urllib.request.urlopen(url, body, timeout=PATIENCE) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except OSError:
        return 0


def lasting(reader: Reader, seconds: float) -> str:
    """Write a passage that takes this reader some seconds, however fast its machine is."""
    begun = monotonic()
    reader.ask(QUESTION, LONG)
    return LONG * min(60, ceil(seconds / (monotonic() - begun)))  # a server takes two million characters


def told(http: object, metrics: str) -> None:
    """Wait until the server has told all that it counted: counters are told in turn, one after another.

    A refusal is counted by a counter of its own; when that was told twice, so were all others.
    """
    body = json.dumps({"question": "", "passages": [PASSAGE]}).encode()
    for _ in range(2):
        before = metric(metrics, "tritonqa_refused")
        with pytest.raises(urllib.error.HTTPError, match="400"):
            urllib.request.urlopen(f"{http}/v2/models/reader/generate", body, timeout=PATIENCE)
        eventually(lambda before=before: metric(metrics, "tritonqa_refused") > before)  # type: ignore[misc]


@dataclass(frozen=True)
class Mark:
    """What a server may leave: its group of processes, and shared memory under its name."""

    group: int
    name: str

    @property
    def left(self) -> list[str]:
        found = [f"process {pid}" for pid in processes.group(self.group)]
        return found + [path.name for path in processes.SHARED_MEMORY.glob(f"{self.name}*")]
