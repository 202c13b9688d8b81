"""Callbacks that tell how far long work is, and bars on stderr; none where it is no terminal."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from rich.progress import Progress, Task

Step: TypeAlias = Callable[[int, int], None]
"""Told done and total."""

Report: TypeAlias = Callable[[str, int, int], None]
"""Told a stage's name, done and total."""


def silent(stage: str, done: int, total: int) -> None:
    """Report nothing: what is used where nobody watches a stage go from 0 to total."""


@contextmanager
def stages() -> Iterator[Report]:
    """Give report(stage, done, total), which shows how far each stage is."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal) as progress:
        tasks = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = progress.add_task(stage, total=total)
            progress.update(tasks[stage], completed=done)

        yield report


@contextmanager
def bar(
    label: str, least: int = 1, hidden: bool = False, rate: bool = False
) -> Iterator[Callable[[int, int | None], None]]:
    """Give step(done, all); the bar appears with the first step of work that has at least this many.

    Steps may come from several threads, and late ones after the bar is gone. rate shows how many are done a
    second.
    """
    shown: list[Progress] = []
    wanted = not hidden and sys.stderr is not None and sys.stderr.isatty()
    lock = threading.Lock()

    def step(done: int, total: int | None) -> None:
        with lock:
            if wanted and not shown and (total is None or total >= least):
                shown.append(_start(label, rate))
            for progress in shown:
                progress.update(progress.task_ids[0], completed=done, total=total)

    try:
        yield step
    finally:
        with lock:
            wanted = False
            for progress in shown:
                progress.stop()


def _start(label: str, rate: bool) -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn
    from rich.progress import TimeRemainingColumn as Left
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(f"{task.finished_speed or task.speed or 0:.1f}/s")

    columns = [
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        *([Rate()] if rate else []),
        Left(),
    ]
    progress = Progress(*columns, console=Console(stderr=True), transient=True)
    progress.add_task(label, total=None)
    progress.start()
    return progress
