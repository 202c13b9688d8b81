"""Documents → the library, one piece of work after another, watched by any number."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncGenerator, Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

from tritonqa.errors import LibraryError, TritonQAError, Unavailable
from tritonqa.library.index import Report
from tritonqa.library.library import Library

T = TypeVar("T")
_log = logging.getLogger("tritonqa.web")


@dataclass(frozen=True, slots=True)
class State:
    """How far indexing is: stage is idle, waiting, files or vectors; error is why the last work ended."""

    stage: str = "idle"
    done: int = 0
    total: int = 0
    error: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the state as JSON has it."""
        return asdict(self)


class Indexer:
    """The one thread that writes to a library; answers are read meanwhile."""

    def __init__(self, library: Library) -> None:
        """Take an open library."""
        self.library, self.state = library, State()
        self._pool = ThreadPoolExecutor(1, "tritonqa-index")
        self._watchers: dict[asyncio.Event, asyncio.AbstractEventLoop] = {}
        self._lock, self._left, self._ends = threading.Lock(), False, False
        self._waiting = 0  # pieces of work, that under way among them

    def open(self) -> None:
        """Make the library where there is none yet; raises LibraryError for one that can't be opened."""
        make(self.library)

    def add(self, paths: Sequence[str | Path]) -> Future[Report]:
        """Index paths, and make the vectors after all that waits is found by its words."""
        return self._submit(lambda: self.library.add(paths, vectors=False, step=self._step("files")))

    def remove(self, paths: Sequence[str]) -> Future[list[str]]:
        """Forget files."""
        return self._submit(lambda: self.library.remove(paths))

    async def states(self) -> AsyncGenerator[State, None]:
        """Give the state now, and each time that it has changed since the last look, until leave()."""
        changed = asyncio.Event()
        with self._lock:
            self._watchers[changed] = asyncio.get_running_loop()
        try:
            while not self._left:
                changed.clear()
                yield self.state
                await changed.wait()
        finally:
            with self._lock:
                del self._watchers[changed]

    def leave(self) -> None:
        """End all streams of states."""
        self._left = True
        self._tell(self.state)

    def close(self) -> None:
        """End after the file under way, and begin nothing more; what is indexed stays."""
        self._ends = True
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _submit(self, work: Callable[[], T]) -> Future[T]:
        """Let a piece of work wait for its turn, and vectors for what it leaves without."""
        if self.state.stage == "idle":
            self._tell(State("waiting"))
        self._count(1)
        submitted = self._pool.submit(self._run, work)
        submitted.add_done_callback(lambda _: self._count(-1))  # also where who asked for it went away
        self._pool.submit(self._embed)
        return submitted

    def _count(self, more: int) -> None:
        with self._lock:
            self._waiting += more

    def _run(self, work: Callable[[], T]) -> T:
        error = ""
        try:
            return work()
        except Exception as raised:
            error = _said(raised)
            raise
        finally:
            self._tell(State(error=error))

    def _embed(self) -> None:
        """Make the vectors that lack, until other work comes: it brings vectors of its own behind it."""
        error = self.state.error  # of the work before
        try:
            self.library.embed(step=self._step("vectors"))
        except _Later:
            pass
        except Exception as raised:  # noqa: BLE001 - nobody waits for it: it is told to who watches
            error = _said(raised)
        self._tell(State(error=error))

    def _step(self, stage: str) -> Callable[[int, int], None]:
        def step(done: int, total: int) -> None:
            if self._ends:
                raise Unavailable("the server ended before all was indexed; index it again")
            if stage == "vectors" and self._waiting:
                raise _Later
            self._tell(State(stage, done, total))

        return step

    def _tell(self, state: State) -> None:
        self.state = state
        with self._lock:
            for changed, loop in self._watchers.items():
                if not loop.is_closed():
                    loop.call_soon_threadsafe(changed.set)


class _Later(Exception):
    """Work is waiting; the vectors made so far stay."""


def _said(error: Exception) -> str:
    """Return what to tell of an error; the log gets what is no sentence of ours."""
    if not isinstance(error, TritonQAError):
        _log.error("indexing failed", exc_info=error)
    return str(error)


def make(library: Library) -> None:
    """Make a library where there is none yet; raises LibraryError for one that can't be opened."""
    try:
        library.searched()
    except LibraryError:
        library.add((), vectors=False)
