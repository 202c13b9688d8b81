"""TorchServe with a handler as its users wrote them for question answering; two workers on two cores."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from peers.serving import AT_ONCE, Posts, free_ports, started

__all__ = ["AT_ONCE", "load", "prepare"]
_HANDLER = Path(__file__).with_name("torchserve_handler.py")
_CONFIG = """\
inference_address=http://127.0.0.1:{0}
management_address=http://127.0.0.1:{1}
metrics_address=http://127.0.0.1:{2}
"""


def prepare(checkpoint: Path, folder: Path) -> None:
    """Make the archive that TorchServe loads."""
    files = ["config.json", "tokenizer.json", "tokenizer_config.json"]
    extra = ",".join(str(checkpoint / name) for name in files)
    command = [str(Path(sys.executable).with_name("torch-model-archiver")), "--model-name", "qa"]
    command += ["--version", "1", "--handler", str(_HANDLER), "--extra-files", extra]
    command += ["--serialized-file", str(checkpoint / "model.safetensors"), "--export-path", str(folder)]
    subprocess.run([*command, "--force"], check=True)


@contextmanager
def load(checkpoint: Path, folder: Path) -> Iterator[Callable[[str, str], str]]:
    """Start it."""
    ports = free_ports(3)
    (folder / "config.properties").write_text(_CONFIG.format(*ports), encoding="utf-8")
    command = [str(Path(sys.executable).with_name("torchserve")), "--start", "--foreground", "--ncs"]
    command += ["--disable-token-auth", "--model-store", str(folder), "--models", "qa=qa.mar"]
    command += ["--ts-config", str(folder / "config.properties")]
    search = {"PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin"}
    post, url = Posts(), f"http://127.0.0.1:{ports[0]}"
    with started(command, f"http://127.0.0.1:{ports[1]}/models/qa", folder, search):
        yield lambda question, context: post(
            f"{url}/predictions/qa", {"question": question, "context": context}
        )["answer"]
