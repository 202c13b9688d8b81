from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import tritonqa

SRC = Path(tritonqa.__file__).parent
FLOW = Path(__file__).parent.parent / "docs" / "flow.md"
ORDER = re.findall(r"^\| `(\w+)` \|", FLOW.read_text(encoding="utf-8"), re.MULTILINE)


def test_public_names_are_sorted_and_exist() -> None:
    assert tritonqa.__all__ == sorted(tritonqa.__all__)
    for name in tritonqa.__all__:
        assert getattr(tritonqa, name).__name__ == name


def test_importing_pulls_no_engine() -> None:
    heavy = "{'openvino', 'onnxruntime', 'torch', 'numpy', 'tokenizers', 'click', 'rich'}"
    code = f"import sys, tritonqa; print(sorted(set(sys.modules) & {heavy}))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_the_table_names_every_room_once() -> None:
    rooms = {_room(file) for file in SRC.rglob("*.py")} - {"__init__"}
    assert sorted(ORDER) == sorted(rooms)


@pytest.mark.parametrize(
    "file", sorted({*SRC.rglob("*.py")} - {SRC / "__init__.py"}), ids=lambda p: str(p.relative_to(SRC))
)
def test_imports_point_one_way(file: Path) -> None:
    room = _room(file)
    for target in _imported(ast.parse(file.read_text(encoding="utf-8"))):
        assert ORDER.index(target) <= ORDER.index(room), f"{room} imports {target}"


def _room(file: Path) -> str:
    return file.relative_to(SRC).parts[0].removesuffix(".py")


def _imported(tree: ast.Module) -> Iterator[str]:
    """Give the rooms that a module imports from, in whatever form."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute"
            module = node.module or ""
            names = [f"{module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            package, _, rest = name.partition(".")
            if package == "tritonqa" and rest and not rest.startswith("__"):
                yield rest.split(".")[0]
