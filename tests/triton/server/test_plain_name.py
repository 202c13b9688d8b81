"""Folders of any name, under names that a shell, the loader and Python in any locale take."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tritonqa.triton.server.plain_name import PlainName

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Triton runs on Linux")

PLAIN = ["plain", "a_b-c.1", "a=b,c+d@e%f"]
ODD = [
    "a b",
    "it's",
    'a "quote"',
    "é",
    "日本",
    "a:b",
    "$(exit 3)",
    "a;b",
    "a&b",
    "~a",
    "*",
    "a\\b",
    "a\nb",
    "(a)",
    "🏴",
]


@pytest.mark.parametrize("name", PLAIN + ODD)
def test_a_shell_and_python_without_utf_8_find_it(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    (folder / "model.py").write_text("print('found')")
    with PlainName(folder) as plain:
        path = plain.path / "model.py"
        done = subprocess.run(
            ["bash", "-c", f"exec {sys.executable} -I {path}"],
            pass_fds=plain.handles,
            env={"LC_ALL": "C", "PYTHONUTF8": "0"},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.stdout == "found\n", done.stderr
    assert str(plain.path).isascii() and (plain.path == folder) == (name in PLAIN)


def test_a_line_shows_the_folder_as_it_is_named(tmp_path: Path) -> None:
    folder = tmp_path / r"my \1 models"
    folder.mkdir()
    with PlainName(folder) as odd, PlainName(tmp_path) as plain:
        line = f"failed to load {odd.path}/reader/1/model.py of {odd.path}, not of {odd.path}0"
        shown = f"failed to load {folder}/reader/1/model.py of {folder}, not of {odd.path}0"
        assert odd.shown(line) == shown
        assert plain.shown(line) == line


def test_a_folder_that_is_none_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        PlainName(tmp_path / "no such")
