"""Answer asks with a peer, in the peer's own environment: python -m peers.worker NAME CHECKPOINT FOLDER.

Reads JSON lines [number, question, context] until its input ends; writes [number, answer] as each is done,
[number, null, error] for one that failed. With --prepare it makes what the peer makes once, and ends.
"""

from __future__ import annotations

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import Any


def main() -> None:
    """Prepare, or answer."""
    name, checkpoint, folder = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    peer: Any = import_module(f"peers.{name}")
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print is no answer
    if "--prepare" in sys.argv:
        if hasattr(peer, "prepare"):
            peer.prepare(checkpoint, folder)
        return
    with peer.load(checkpoint, folder) as answer, ThreadPoolExecutor(peer.AT_ONCE) as pool:

        def work(number: int, question: str, context: str) -> None:
            found: list[Any] = [number]
            try:
                found.append(answer(question, context) or "")
            except Exception as error:  # noqa: BLE001 - told, whatever it is
                found += [None, f"{type(error).__name__}: {error}"]
            out.write(json.dumps(found) + "\n")
            out.flush()

        for line in sys.stdin:
            pool.submit(work, *json.loads(line))


if __name__ == "__main__":
    main()
