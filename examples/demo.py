"""Ask three questions of a real Triton, without Docker: over HTTP, gRPC and curl.

Where Triton can't run, say so and ask the same questions in process.
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import seed

from tritonqa import Answers, Reader
from tritonqa.errors import MissingExtra, ServerError
from tritonqa.reader.find import PACKAGED, find_bundle
from tritonqa.triton.server.options import Serving


def main() -> None:
    """Start the server, ask, stop it."""
    try:
        from tritonqa.triton.runtime.install import install

        begun = time.perf_counter()
        runtime = install(say=print)
        print(f"Triton is installed ({time.perf_counter() - begun:.1f} s)")
    except (ServerError, MissingExtra) as error:
        print(f"{error}\nThe same questions in process instead:\n")
        seed.main()
        return
    from tritonqa.triton.repository.write import build
    from tritonqa.triton.server.server import Server

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server is stopped then, too
    with tempfile.TemporaryDirectory() as folder:
        repository = Path(folder) / "repository"
        build(find_bundle(PACKAGED), repository)
        begun = time.perf_counter()
        with Server.start(runtime, repository, Serving(http_port=0, grpc_port=0, metrics_port=0)) as server:
            took = time.perf_counter() - begun
            print(f"Model reader is READY at {server.http} and {server.grpc} ({took:.1f} s)")
            for url in (str(server.http), str(server.grpc)):
                ask(url)
            curl(f"{server.http}/v2/models/reader/generate")
            begun = time.perf_counter()
        print(f"\nstopped, nothing left behind ({time.perf_counter() - begun:.1f} s)")


def ask(url: str) -> None:
    """Ask through the client, a second time for the timing of a server that is warm."""
    print(f"\nReader.load({url!r})")
    with Reader.load(url) as reader:
        for question in seed.QUESTIONS:
            reader.ask(question, seed.CONTEXT)
            begun = time.perf_counter()
            answers = reader.ask(question, seed.CONTEXT)
            show(question, answers, time.perf_counter() - begun)


def curl(url: str) -> None:
    """Ask without any client of ours."""
    if shutil.which("curl") is None:
        print("\ncurl is not installed: left out")
        return
    print(f'\ncurl -d \'{{"question": …, "passages": …}}\' {url}')
    for question in seed.QUESTIONS:
        body = json.dumps({"question": question, "passages": seed.CONTEXT})
        begun = time.perf_counter()
        done = subprocess.run(["curl", "-sS", "-d", body, url], capture_output=True, text=True, check=True)
        took = time.perf_counter() - begun
        record = json.loads(json.loads(done.stdout)["answers"])
        texts = ", ".join(answer["text"] for answer in record["answers"])
        print(f"  {question}\n    → {texts}   {1000 * took:.0f} ms")


def show(question: str, answers: Answers, took: float) -> None:
    """Print a question, its answer, its place and its time."""
    print(f"  {question}")
    for answer in answers:
        place = f"[{answer.start}:{answer.end}]"
        print(f"    → {answer.text}   {place}   score {answer.score:.2f}   {1000 * took:.0f} ms")


if __name__ == "__main__":
    main()
