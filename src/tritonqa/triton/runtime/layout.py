"""The real Triton in the user's cache: its layout, and what it needs of this machine."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from tritonqa.folders import cache_folder

SERVER_VERSION = "2.51.0"
GLIBC = (2, 35)
PYTHONS = ((3, 11), (3, 12))


@dataclass(frozen=True, slots=True)
class Runtime:
    """A folder with the server, its libraries, the python backend for this interpreter, and its numpy."""

    folder: Path

    @property
    def server(self) -> Path:
        """The server's executable."""
        return self.folder / "pytriton" / "tritonserver" / "bin" / "tritonserver"

    @property
    def libraries(self) -> Path:
        """The shared libraries the server was built with."""
        return self.folder / "nvidia_pytriton.libs"

    @property
    def backends(self) -> Path:
        """Where the server looks for backends."""
        return self.folder / "pytriton" / "tritonserver" / "backends"

    @property
    def stub(self) -> Path:
        """The process that runs Python models."""
        return self.backends / "python" / "triton_python_backend_stub"

    @property
    def numpy(self) -> Path:
        """The folder of the numpy the stub was built for, which comes first on its path."""
        return self.folder / "python"

    @property
    def complete(self) -> bool:
        """Whether everything is there."""
        return self.server.is_file() and self.stub.is_file() and (self.numpy / "numpy").is_dir()

    def environment(self) -> dict[str, str]:
        """Return the variables the server is started with: this interpreter and its libpython come first."""
        libpython = find_libpython()
        paths = [self.libraries, *([libpython.parent] if libpython else [])]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        return kept | {
            "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath))),
            "LD_LIBRARY_PATH": os.pathsep.join(map(str, paths)),
            "TRITONQA_STUB_PATH": str(self.numpy),
        }


def default() -> Runtime:
    """Return this interpreter's runtime in the user's cache, installed or not; raises OSError."""
    tag = f"triton-{SERVER_VERSION}-{sys.implementation.cache_tag}"
    return Runtime(cache_folder() / tag)


def missing_requirements() -> list[str]:
    """List what this machine and interpreter lack for running Triton without Docker; empty when nothing."""
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        return [f"it is built for Linux on x86-64, not {platform.system()} on {platform.machine()}"]
    missing = []
    if not _glibc_reaches(GLIBC):
        found = platform.libc_ver()[1] or "musl"
        missing.append(f"it needs glibc {GLIBC[0]}.{GLIBC[1]} or newer, not {found}")
    if sys.version_info[:2] not in PYTHONS:
        known = ", ".join(f"{major}.{minor}" for major, minor in PYTHONS)
        missing.append(f"its Python models need numpy 1.26, which exists for CPython {known} only")
    elif find_libpython() is None:
        missing.append(f"{_libpython_name()} is not found; install it (on Debian: libpython3-dev)")
    if shutil.which("python3", path=Path(sys.executable).parent) is None:
        missing.append(f"no python3 beside {sys.executable}; use a virtual environment")
    if not os.access("/dev/shm", os.W_OK):
        missing.append("/dev/shm is not writable")
    if os.path.realpath("/proc/self") != f"/proc/{os.getpid()}":
        missing.append("/proc shows other processes than its own; mount it anew (unshare --mount-proc)")
    return missing


def find_libpython() -> Path | None:
    """Find this interpreter's shared library, which the stub loads."""
    folders = (
        Path(sysconfig.get_config_var("LIBDIR") or "/usr/lib"),
        Path(sys.base_prefix) / "lib",
        Path("/usr/lib") / (sysconfig.get_config_var("MULTIARCH") or ""),
        Path("/usr/lib64"),
    )
    return next((path for folder in folders if (path := folder / _libpython_name()).is_file()), None)


def _libpython_name() -> str:
    return f"libpython{sys.version_info[0]}.{sys.version_info[1]}.so.1.0"


def _glibc_reaches(wanted: tuple[int, int]) -> bool:
    library, version = platform.libc_ver()
    numbers = version.split(".")[:2]
    return library == "glibc" and len(numbers) == 2 and tuple(map(int, numbers)) >= wanted
