"""A reader in a process that was forked after it was loaded: said at once, never a hang."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.support.wait import PATIENCE

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")

BEFORE = """
import asyncio, os, sys, warnings
warnings.simplefilter("ignore")
from tritonqa import AsyncReader, Reader, pipeline
from tritonqa.errors import TritonQAError
TEXT = "Ada wrote it."
ENGINE = sys.argv[1]
def held(work):
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    try:
        work()
    except TritonQAError as error:
        print(error, flush=True)
        sys.exit(0 if "forked" in str(error) else 3)
    sys.exit(4)
"""

WAYS = {
    "ask": "r = Reader.load(engine=ENGINE); r.ask('Who?', TEXT)\nwork = lambda: r.ask('Who?', TEXT)",
    "ask_many": "r = Reader.load(engine=ENGINE)\nwork = lambda: list(r.ask_many([('Who?', TEXT)] * 9))",
    "half_read": "r = Reader.load(engine=ENGINE); some = r.ask_many([('Who?', TEXT)] * 99); next(some)\n"
    "work = lambda: list(some)",
    "async": "r = AsyncReader(Reader.load(engine=ENGINE).backend)\n"
    "work = lambda: asyncio.run(r.ask('Who?', TEXT))",
    "pipeline": "p = pipeline('question-answering', engine=ENGINE)\n"
    "work = lambda: p(question='Who?', context=TEXT)",
}


@pytest.mark.parametrize("engine", ["toy", "openvino"])
@pytest.mark.parametrize("way", list(WAYS))
def test_a_forked_reader_says_so(way: str, engine: str) -> None:
    if engine != "toy":
        pytest.importorskip(engine)
    code = f"{BEFORE}\n{WAYS[way]}\nsys.exit(held(work))"
    done = subprocess.run(
        [sys.executable, "-c", code, engine], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "load it in this process, after the fork" in done.stdout


def test_the_child_can_load_its_own_and_the_parent_goes_on() -> None:
    code = BEFORE + (
        "r = Reader.load(engine=ENGINE)\n"
        "pid = os.fork()\n"
        "if not pid:\n"
        "    own = Reader.load(engine=ENGINE)\n"
        "    print(own.ask('Who?', TEXT, no_answer_threshold=1)[0].text); own.close()\n"
        "    sys.exit(0)\n"
        "assert os.waitpid(pid, 0)[1] == 0\n"
        "print(r.ask('Who?', TEXT, no_answer_threshold=1)[0].text)\n"
        "r.close()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "openvino"],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    first, second = done.stdout.split()
    assert first == second
