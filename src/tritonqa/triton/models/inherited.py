"""What a Python process of the server has from it and does not need."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

_STANDARD = 2  # the last of input, output and errors, which may be sockets themselves


def close_inherited_sockets() -> None:
    """Close the server's sockets: Triton 2.51 does not mark them to be closed in the processes it starts.

    A model that is loaded later would hold the ports and all connections of that moment: they would stay open
    for their clients after the server had left them. Call it before anything opens a socket of its own.
    """
    for number in [int(path.name) for path in Path("/proc/self/fd").iterdir()]:
        with suppress(OSError):  # the one by which the folder was read
            if number > _STANDARD and stat.S_ISSOCK(os.fstat(number).st_mode):
                os.close(number)
