"""Two ends of a cable, one in a network namespace of its own, which only root may make."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_NEAR, _FAR = "198.18.0.1/30", "198.18.0.2/30"  # of the block for benchmarks, RFC 2544
_NARROW = ("tbf", "rate", "64kbit", "burst", "4kb", "latency", "300ms")


@dataclass(frozen=True)
class Network:
    """Where a server runs: with a namespace behind a cable, without on this machine's loopback."""

    namespace: str = ""

    @property
    def prefix(self) -> list[str]:
        """Return what a command begins with to run at the far end."""
        return ["ip", "netns", "exec", self.namespace] if self.namespace else []

    @property
    def host(self) -> str:
        """Return the address of the far end."""
        return _FAR.partition("/")[0] if self.namespace else "127.0.0.1"

    def cut(self, seconds: float) -> None:
        """Take the near end away: what is sent is refused."""
        self._set("link", "set", f"{self._needed}a", "down")
        time.sleep(seconds)
        self._set("link", "set", f"{self._needed}a", "up")

    def swallow(self, seconds: float) -> None:
        """Take the far end away: what is sent is lost, and nobody is told."""
        self._set("-n", self._needed, "link", "set", f"{self._needed}b", "down")
        time.sleep(seconds)
        self._set("-n", self._needed, "link", "set", f"{self._needed}b", "up")

    def narrow(self, seconds: float) -> None:
        """Let through 64 kbit/s; what has waited for 300 ms is dropped."""
        subprocess.run(["tc", "qdisc", "add", "dev", f"{self._needed}a", "root", *_NARROW], check=True)
        time.sleep(seconds)
        subprocess.run(["tc", "qdisc", "del", "dev", f"{self._needed}a", "root"], check=True)

    @property
    def _needed(self) -> str:
        if not self.namespace:
            raise PermissionError("needs root and ip netns")
        return self.namespace

    @staticmethod
    def _set(*words: str) -> None:
        subprocess.run(["ip", *words], check=True, capture_output=True)


@contextmanager
def network() -> Iterator[Network]:
    """Lay the cable; loopback where that is not allowed."""
    name = f"soak{os.getpid()}"  # with a letter behind, a device's name has 15 at most
    try:
        subprocess.run(["ip", "netns", "add", name], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        yield Network()
        return
    inside = ["-n", name]
    try:
        for words in (
            ["link", "add", f"{name}a", "type", "veth", "peer", "name", f"{name}b", "netns", name],
            ["addr", "add", _NEAR, "dev", f"{name}a"],
            ["link", "set", f"{name}a", "up"],
            [*inside, "addr", "add", _FAR, "dev", f"{name}b"],
            [*inside, "link", "set", f"{name}b", "up"],
            [*inside, "link", "set", "lo", "up"],
        ):
            subprocess.run(["ip", *words], check=True)
        yield Network(name)
    finally:
        subprocess.run(["ip", "netns", "del", name], check=True)
