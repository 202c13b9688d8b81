"""tritonqa on Triton, in fp32 as the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from peers.tritonqa_process import AT_ONCE, bundle, prepare
from tritonqa import Reader
from tritonqa.bench import Target
from tritonqa.bench.served import served

__all__ = ["AT_ONCE", "load", "prepare"]


@contextmanager
def load(checkpoint: Path, folder: Path) -> Iterator[Callable[[str, str], str]]:
    """Start it."""
    target = Target(str(bundle(folder)), over="grpc")
    with served(target) as running, Reader.load(running.url or "") as reader:
        yield lambda question, context: reader.ask(question, context, no_answer_threshold=1.0)[0].text
