from __future__ import annotations

import gzip
import importlib.util
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DECISIONS = ROOT / "docs" / "decisions"
RUN = (
    ROOT / "README.md",
    *(ROOT / "docs" / f"{name}.md" for name in ("index", "moving-from-transformers", "bench")),
)
COMMANDS = [
    pytest.param(line, id=f"{page.name}: {line}")
    for page in RUN
    for block in re.findall(r"```sh\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    for line in block.splitlines()
    if line.startswith(("tritonqa ask", "tritonqa evaluate")) and "://" not in line  # no server here
]


def test_the_page_of_commands_is_current() -> None:
    path = ROOT / "docs" / "reference.py"
    spec = importlib.util.spec_from_file_location("reference", path)
    assert spec is not None and spec.loader is not None
    reference = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reference)
    assert reference.PAGE.read_text(encoding="utf-8") == reference.page(), "run docs/reference.py"


def test_every_page_is_in_the_navigation() -> None:
    nav = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:")[2]
    pages = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    decisions = {path.relative_to(ROOT / "docs").as_posix() for path in DECISIONS.glob("[0-9]*.md")}
    assert not {page for page in pages - decisions if page not in nav}, "add them to mkdocs.yml"


def test_every_decision_is_in_the_index() -> None:
    """Each has a row with its number, title and status; a superseded one names what took its place."""
    index = (DECISIONS / "index.md").read_text(encoding="utf-8")
    rows = {name: row for row in index.splitlines() for name in re.findall(r"^\| \[\d+\]\((.*?)\)", row)}
    for path in DECISIONS.glob("[0-9]*.md"):
        assert path.name in rows, f"add {path.name} to docs/decisions/index.md"
        text = path.read_text(encoding="utf-8")
        assert re.sub(r"^# \d+[.:] ", "", text.splitlines()[0]) in rows[path.name]
        assert ("Superseded by" in text) == ("| superseded by" in rows[path.name]), path.name


@pytest.mark.parametrize("page", RUN, ids=lambda page: page.name)
def test_python_blocks_run(page: Path) -> None:
    space: dict[str, object] = {}
    for block in re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        exec(block, space)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a folder with the files that the documentation's commands name."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "book.txt").write_text("The library has 40 rooms.", encoding="utf-8")
    (folder / "asks.jsonl").write_text('{"question": "Who?", "passages": ["Ada."]}\n', encoding="utf-8")
    sample = (ROOT / "tests" / "data" / "squad-heldout-sample.json.gz").read_bytes()
    (folder / "dev-v2.0.json").write_bytes(gzip.decompress(sample))
    return folder


@pytest.mark.skipif(sys.platform == "win32", reason="the blocks are for a POSIX shell")
@pytest.mark.parametrize("line", COMMANDS)
def test_shell_blocks_run(desk: Path, line: str) -> None:
    env = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(["sh", "-c", line], cwd=desk, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout or ">" in shlex.split(line, comments=True)
