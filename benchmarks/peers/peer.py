"""A peer that runs: the seam that `tritonqa.bench` puts load on, and what it costs."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext
from itertools import count
from pathlib import Path

from peers.environment import Failed, build, command, environment
from tritonqa.answers import Answer, Answers, Calibration
from tritonqa.bench.cost import cpu_seconds, share_mb
from tritonqa.errors import Unavailable
from tritonqa.progress import Step
from tritonqa.reader.backend import StartAsk
from tritonqa.spans import Decoding
from tritonqa.text import Ask

_FIRST = ("Who wrote it?", "It was written by Ada in 1843.")
_ENDS = 30.0  # seconds that it may take to stop


class Peer:
    """A process that keeps the peer loaded; cold_start are the seconds to its first answer."""

    fingerprint = ""
    lookahead = 1
    decoding = Decoding()
    calibration: Calibration | None = None

    def __init__(self, name: str, checkpoint: Path, environments: Path) -> None:
        """Build its environment where that is missing, start it and ask once; raises Failed."""
        self.name = name
        python = build(name, checkpoint, environments)
        folder = environments.resolve() / name
        self._waiting: dict[int, tuple[str, Future[Answers]]] = {}
        self._numbers, self._lock = count(), threading.Lock()
        self._log = folder / "log.txt"
        begun = time.perf_counter()
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command(python, name, checkpoint, folder),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                encoding="utf-8",
                env=environment(),
                start_new_session=True,  # what ends us leaves it to end its server, when its input ends
            )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        try:
            self.answer(Ask.of(*_FIRST), self.decoding)
        except (RuntimeError, Unavailable) as error:
            self.close()
            raise Failed(f"{error}; {self._last_words()}") from error
        self.cold_start = time.perf_counter() - begun

    def start(self, ask: Ask, options: Decoding, *, step: Step | None = None) -> Future[Answers]:
        """Ask, with no more to do than write a line."""
        future: Future[Answers] = Future()
        with self._lock:
            number = next(self._numbers)
            self._waiting[number] = ask.question, future
            try:
                assert self._process.stdin is not None
                self._process.stdin.write(json.dumps([number, ask.question, ask.passages[0]]) + "\n")
                self._process.stdin.flush()
            except OSError:
                future.set_exception(Unavailable(f"{self.name} ended"))
        return future

    def answer(self, ask: Ask, options: Decoding, *, step: Step | None = None) -> Answers:
        """Ask and wait."""
        return self.start(ask, options).result()

    def answers(self, asks: Sequence[tuple[str, str]]) -> tuple[float, list[str]]:
        """Return the seconds that many asks took, as many at once as it takes, and the answers' texts.

        An ask that failed is answered with nothing.
        """
        begun = time.perf_counter()
        futures = [self.start(Ask.of(*ask), self.decoding) for ask in asks]
        texts = ["" if future.exception() else future.result()[0].text for future in futures]
        return time.perf_counter() - begun, texts

    def stream(self) -> AbstractContextManager[StartAsk]:
        """Give start."""
        return nullcontext(self.start)

    def cpu_seconds(self) -> float:
        """Return the CPU time of all its processes until now."""
        return sum(map(cpu_seconds, self._processes()))

    def memory_mb(self) -> float:
        """Return what all its processes hold, shared pages by share (PSS)."""
        return sum(map(share_mb, self._processes()))

    def close(self) -> None:
        """End its input, which ends it."""
        assert self._process.stdin is not None
        children = self._processes()
        try:
            self._process.stdin.close()
        except OSError:
            pass
        try:
            self._process.wait(_ENDS)
        except subprocess.TimeoutExpired:
            for pid in children:
                os.kill(pid, 9)
            self._process.wait()
        self._reader.join()

    def __enter__(self) -> Peer:
        """Use the peer in a with block."""
        return self

    def __exit__(self, *error: object) -> None:
        """End the peer."""
        self.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            number, text, *error = json.loads(line)
            with self._lock:
                question, future = self._waiting.pop(number)
            if not future.set_running_or_notify_cancel():
                continue
            if error:
                future.set_exception(RuntimeError(error[0]))
            else:
                future.set_result(Answers(question, (Answer(text, 0, len(text), 1.0, 0),), 0.0))
        with self._lock:
            left, self._waiting = self._waiting, {}
        for _, future in left.values():
            if not future.done():
                future.set_exception(Unavailable(f"{self.name} ended"))

    def _processes(self) -> list[int]:
        """List it and all that came from it."""
        found = [self._process.pid]
        for pid in found:
            for file in Path(f"/proc/{pid}/task").glob("*/children"):
                try:
                    found += map(int, file.read_text(encoding="utf-8").split())
                except OSError:
                    continue
        return found

    def _last_words(self) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"
