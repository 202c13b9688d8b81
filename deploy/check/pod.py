"""A Deployment as podman plays it: as it is written but for what podman does not know."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml


@contextmanager
def playable(deployment: Path) -> Iterator[str]:
    """Give the YAML with numbers for named ports, ports on loopback, and memory from this machine's /dev/shm.

    podman resolves no names in probes, makes a folder on disk of an emptyDir in memory, and starts a first
    container that succeeded again for ever.
    """
    record = yaml.safe_load(deployment.read_text(encoding="utf-8"))
    pod = record["spec"]["template"]["spec"]
    pod["restartPolicy"] = "OnFailure"
    (server,) = pod["containers"]
    numbers = {port["name"]: port["containerPort"] for port in server["ports"]}
    for port in server["ports"]:
        port |= {"hostPort": port["containerPort"], "hostIP": "127.0.0.1"}
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        place = server[probe]["httpGet"]
        place["port"] = numbers[place["port"]]
    with tempfile.TemporaryDirectory(dir="/dev/shm") as memory:
        os.chmod(memory, 0o1777)
        for volume in pod["volumes"]:
            if volume.get("emptyDir", {}).get("medium") == "Memory":
                del volume["emptyDir"]
                volume["hostPath"] = {"path": memory, "type": "Directory"}
        yield yaml.safe_dump(record)
