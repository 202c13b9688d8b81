"""What a server says, read as it comes."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator

from tritonqa.triton.server.logs import read


class Output:
    """Read a process's output to its end, and keep the latest lines."""

    def __init__(self, lines: Iterator[str], begun: Callable[[], None], log: Callable[[str], None]) -> None:
        """Start the thread that reads; begun is called at the first line, log with each."""
        self._latest: deque[str] = deque(maxlen=200)
        self._lines, self._begun, self._log = lines, begun, log
        self._thread = threading.Thread(target=self._read, name="tritonqa-output", daemon=True)
        self._thread.start()

    def reason(self) -> str:
        """Return the latest error, or the latest message where there is none."""
        entries = [entry for line in self._latest if (entry := read(line))]
        errors = [entry for entry in entries if entry.level == "error"]
        said = (errors or entries)[-1].message if entries else "it said nothing"
        return said.partition(r"\n\nAt:")[0]  # where in the code; the log has it

    def join(self, timeout: float | None = None) -> None:
        """Wait until all was read, for so many seconds at most."""
        self._thread.join(timeout)

    def _read(self) -> None:
        for number, line in enumerate(self._lines):
            if number == 0:
                self._begun()
            self._latest.append(line)
            self._log(line)
