"""python -m tests.support.minding: mind a process in a server's place until stdin ends, then clean up."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
from dataclasses import asdict

from tritonqa.triton.server.minder import Minder
from tritonqa.triton.server.registry import Running, register, working_folder


def main() -> None:
    """Start a process that bears a server's name and holds its file, and print what is known of both."""
    name = f"tritonqa-{secrets.token_hex(4)}"
    with working_folder() as folder:
        file = register(name)
        command = [sys.executable, "-c", "import time; time.sleep(600)", f"--id={name}"]
        server = subprocess.Popen(command, pass_fds=(file.fileno(),), start_new_session=True)
        place = {"http": f"http://{name}", "grpc": f"grpc://{name}", "metrics": ""}
        running = Running(Minder.here(), server.pid, name, "", **place, repository=str(folder / "repository"))
        running.write(file)
        known = {"folder": str(folder), "file": str(file.path), **asdict(running)}
        sys.stdout.write(json.dumps(known) + "\n")
        sys.stdout.flush()
        sys.stdin.read()
        server.kill()
        server.wait()
        file.remove()


if __name__ == "__main__":
    main()
