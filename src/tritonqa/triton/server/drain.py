"""How a server ends: probes fail first, then models are told to refuse asks and answer what is under way."""

from __future__ import annotations

import base64
import json
import threading
from contextlib import suppress
from pathlib import Path

from tritonqa.errors import TritonQAError
from tritonqa.protocol.contract import STOPPING
from tritonqa.triton.server import processes
from tritonqa.triton.server.admin import Admin

_LOADING = "tritonqa_stopping"
# Triton is ready while every model that it has is: one that loads for as long makes readiness fail, and
# stops nothing else.
_MODEL = """import os, time


class TritonPythonModel:
    def initialize(self, args):
        until = time.monotonic() + {seconds}
        while time.monotonic() < until and not os.path.exists(os.environ["{stopping}"]):
            time.sleep(0.05)
        raise RuntimeError("the server stops")
"""
_CONFIG = {"backend": "python", "max_batch_size": 0, "instance_group": [{"kind": "KIND_CPU", "count": 1}]}


def stopping_file(name: str) -> Path:
    """Name the file that tells the models of a server that it stops; it is swept with the server's memory."""
    return processes.SHARED_MEMORY / f"{name}-stopping"


def fail_probes(admin: Admin, seconds: float) -> None:
    """Let readiness fail for so many seconds while asks are answered; returns at once."""
    code = base64.b64encode(_MODEL.format(seconds=seconds, stopping=STOPPING).encode()).decode()
    config = {
        **_CONFIG,
        "input": [{"name": "none", "data_type": "TYPE_INT32", "dims": [1]}],
        "output": [{"name": "none_out", "data_type": "TYPE_INT32", "dims": [1]}],
    }
    parameters = {"config": json.dumps(config), "file:1/model.py": code}

    def load() -> None:
        with suppress(TritonQAError):  # it always fails, when the time is over
            admin.load(_LOADING, parameters, timeout=seconds + 60)

    threading.Thread(target=load, name="tritonqa-grace", daemon=True).start()


def listeners(told: Path, server: int) -> dict[int, str]:
    """Find the server's processes that look for the file and may have asks under way, and their models.

    Once they are told, each is left out when it has answered all.
    """
    found = {}
    for pid in processes.stubs(server):
        with suppress(FileNotFoundError):
            found[pid] = Path(f"{told}.{pid}").read_text(encoding="utf-8")
    return found
