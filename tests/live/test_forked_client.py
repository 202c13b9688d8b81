from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")

CODE = """
import asyncio, os, sys
from tritonqa import AsyncReader, Reader
from tritonqa.errors import TritonQAError
url, row = sys.argv[1], ("Who wrote it?", "Ada wrote it.")
reader, awaiting = Reader.load(url), AsyncReader.load(url)
list(reader.ask_many([row] * 3))
some = reader.ask_many([row] * 99)
next(some)
def forked(work):
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    try:
        work()
    except TritonQAError as error:
        os._exit(0 if "after the fork" in str(error) else 3)
    os._exit(4)
print([forked(work) for work in (
    lambda: reader.ask(*row),
    lambda: list(reader.ask_many([row] * 3)),
    lambda: list(some),
    lambda: asyncio.run(awaiting.ask(*row)),
)], len(list(some)))
"""


def test_a_forked_client_says_so_at_once_and_the_parent_goes_on(url: str) -> None:
    done = subprocess.run([sys.executable, "-c", CODE, url], capture_output=True, text=True, check=False)
    assert done.stdout == "[0, 0, 0, 0] 98\n", done.stdout + done.stderr
