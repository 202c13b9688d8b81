"""What `make demo` runs, to its end and ended in the middle."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tritonqa.triton.runtime.layout import Runtime

DEMO = Path(__file__).parent.parent.parent / "examples" / "demo.py"
ANSWERS = ("over 32+", "general-purpose architectures", "TensorFlow 2.0 and PyTorch")


@pytest.mark.parametrize("ended", [False, True])
def test_the_demo_answers_and_leaves_nothing(runtime: Runtime, tmp_path: Path, ended: bool) -> None:
    servers: set[str] = set()
    with subprocess.Popen(
        [sys.executable, "-u", str(DEMO)],
        env={**os.environ, "XDG_STATE_HOME": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line)
            servers |= {record.stem for record in tmp_path.rglob("servers/*.json")}
            if ended and "READY" in line:
                process.send_signal(signal.SIGTERM)
    assert process.returncode == (143 if ended else 0)
    for answer in ANSWERS:
        assert ended or sum(answer in line for line in said) >= 3  # over HTTP, gRPC and curl
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    assert servers and not [left for name in servers for left in Path("/dev/shm").glob(f"{name}*")]
