from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import tritonqa

SRC = Path(tritonqa.__file__).parent
ORDER = ["errors", "pending", "text", "features", "spans", "answers", "wire", "engine", "bundle"]
ORDER += ["evaluate", "export", "reader", "pipelines", "train", "triton", "cli"]


def test_public_names_are_sorted_and_exist() -> None:
    assert tritonqa.__all__ == sorted(tritonqa.__all__)
    for name in tritonqa.__all__:
        assert getattr(tritonqa, name).__name__ == name


def test_importing_pulls_no_engine() -> None:
    heavy = "{'openvino', 'onnxruntime', 'torch', 'numpy', 'tokenizers', 'click', 'rich'}"
    code = f"import sys, tritonqa; print(sorted(set(sys.modules) & {heavy}))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


@pytest.mark.parametrize("file", sorted(SRC.rglob("*.py")), ids=lambda p: str(p.relative_to(SRC)))
def test_imports_point_one_way(file: Path) -> None:
    room = file.relative_to(SRC).parts[0].removesuffix(".py")
    if room == "__init__":
        return
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tritonqa."):
            target = (node.module or "").split(".")[1]
            assert ORDER.index(target) <= ORDER.index(room), f"{room} imports {target}"
