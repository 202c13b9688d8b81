"""Triton's log lines → what people or programs read."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime

_LINE = re.compile(r"([IWEF])(\d\d)(\d\d) (\d\d:\d\d:\d\d)\.(\d{6}) (\d+) ([\w.]+):(\d+)\] ?\"?(.*?)\"?$")
_LEVELS = {"I": "info", "W": "warning", "E": "error", "F": "error"}
# Without a GPU the server says so in these words; nothing is wrong.
_HARMLESS = ("CudaDriverHelper", "NVML", "DCGM")
_HARMLESS_OF_SERVER = ("GPU", "CUDA", "pinned memory", "pinned_memory")


@dataclass(frozen=True, slots=True)
class Entry:
    """One log line: its level, time (ISO 8601, the server's clock), source and message."""

    level: str
    time: str
    source: str
    message: str

    def as_json(self) -> str:
        """Write the line as one JSON object."""
        record = {"time": self.time, "level": self.level, "source": self.source, "message": self.message}
        return json.dumps(record, ensure_ascii=False)

    def as_text(self) -> str:
        """Write the line for people."""
        return f"{self.time[11:19]} {self.level:7} {self.message}"


def read(line: str) -> Entry | None:
    """Read a line; None for tables, harmless noise of a machine without a GPU, and blank lines."""
    if not line.strip() or line[0] in "+|" or any(word in line for word in _HARMLESS):
        return None
    found = _LINE.match(line)
    if found is None:
        return Entry("info", datetime.now().isoformat(), "model", line)
    if found[1] in "IW" and found[7].endswith(".cc") and any(word in line for word in _HARMLESS_OF_SERVER):
        return None
    level, month, day, clock, micro, _, source, number, message = found.groups()
    time = f"{datetime.now().year}-{month}-{day}T{clock}.{micro}"
    return Entry(_LEVELS[level], time, f"{source}:{number}", message) if message else None
