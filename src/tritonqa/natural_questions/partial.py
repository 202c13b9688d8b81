"""Predictions as they come → a file that only grows, to go on from after any end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from tritonqa.datasets.natural_questions import Prediction
from tritonqa.errors import InputError, OutputError

if TYPE_CHECKING:
    from typing import Self


class Partial:
    """A line that says which run it is, then a prediction a line; a line that was cut short is dropped.

    done holds the pages that need no second prediction.
    """

    def __init__(self, path: Path, run: dict[str, Any], *, resume: bool) -> None:
        """Open a run's file, a new one or, to resume, what is there.

        Raises InputError where a file is there and resume is not wanted, or where it is another run's;
        OutputError where none can be written.
        """
        self.path, self.done = path, set[int]()
        head = json.dumps(run, sort_keys=True) + "\n"  # a file's name may hold any bytes
        if path.exists() and not resume:
            raise InputError(
                f"{path} holds what an interrupted run has predicted; go on with --resume, or remove it"
            )
        try:
            self._stream: IO[bytes] = path.open("r+b" if path.exists() else "w+b")
        except OSError as error:
            raise OutputError(f"{path} can't be written: {error.strerror}; choose another output") from error
        try:
            self._take_up(head.encode())
        except BaseException:
            self._stream.close()
            raise

    def add(self, prediction: Prediction) -> None:
        """Append a prediction; once this returns, it outlives the process. Raises OutputError."""
        line = json.dumps(prediction.to_dict(), ensure_ascii=False) + "\n"
        self._append(line.encode())
        self.done.add(prediction.id)

    def predictions(self) -> Iterator[Prediction]:
        """Give all predictions, read a line at a time."""
        with self.path.open("rb") as stream:
            next(stream)
            for line in stream:
                yield Prediction.from_dict(json.loads(line))

    def __enter__(self) -> Self:
        """Use the file in a with block."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close the file; it stays."""
        with suppress(OSError):  # what a full disk did not take was said
            self._stream.close()

    def _take_up(self, head: bytes) -> None:
        """Read what is whole, cut off what is not, and stand at the end."""
        first = self._stream.readline()
        if first.endswith(b"\n") and first != head:
            told = first.decode("utf-8", "replace").strip()
            raise InputError(
                f"{self.path} is of another reader, other files or options: {told}; "
                "remove it, or ask as before"
            )
        whole = len(first) if first == head else 0
        for line in self._stream if whole else ():
            if not line.endswith(b"\n"):
                break
            self.done.add(Prediction.from_dict(json.loads(line)).id)
            whole += len(line)
        self._stream.truncate(whole)
        self._stream.seek(whole)
        if not whole:
            self._append(head)

    def _append(self, line: bytes) -> None:
        try:
            self._stream.write(line)
            self._stream.flush()
        except OSError as error:
            raise OutputError(
                f"{self.path} can't be written: {error.strerror}; make room, and go on with --resume"
            ) from error
