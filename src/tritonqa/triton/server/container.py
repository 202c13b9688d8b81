"""What the container runs: python3 -m tritonqa.triton.server.container REPOSITORY [Triton's own flags]."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

from tritonqa.triton.server import processes
from tritonqa.triton.server.arguments import serving_arguments
from tritonqa.triton.server.health import Health
from tritonqa.triton.server.stop import Stop

_EXIT_TIMEOUT = 30  # seconds in which what is under way is answered
_POLL = 0.25


def main(repository: str, *flags: str) -> int:
    """Run Triton with the protection of `tritonqa serve`; the secret is TRITONQA_ADMIN, or nobody's.

    Returns its exit status: 1 where one of its Python processes died, for whoever runs the container to start
    it again. Triton itself would stay ready and answer nothing.
    """
    secret = os.environ.get("TRITONQA_ADMIN") or secrets.token_urlsafe(24)
    memory = memory_of(repository)
    arguments = [
        f"--backend-config=python,shm-region-prefix-name={memory}",
        *serving_arguments(Path(repository), secret, _EXIT_TIMEOUT),
    ]
    processes.free_memory(memory)  # a pod's memory outlives a container that was killed
    told = Stop()
    told.set_on("SIGTERM", "SIGINT", "SIGHUP")
    with processes.large_stacks(), processes.batch_scheduling():
        process = subprocess.Popen(["tritonserver", *arguments, *flags], start_new_session=True)
    health = Health(process)
    while health.healthy:
        if told.wait(_POLL):
            process.terminate()
            break
    if process.poll() is None and not told.is_set():
        sys.stderr.write("a Python process of Triton died: the container ends, to be started again\n")
        processes.end_group(process.pid)
    status = process.wait()
    processes.free_memory(memory)
    return status if status >= 0 else 1


def memory_of(repository: str) -> str:
    """Return how the names of its shared memory begin: the same for each container that a pod starts."""
    return f"tritonqa-{sha256(f'{socket.gethostname()} {repository}'.encode()).hexdigest()[:8]}"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
