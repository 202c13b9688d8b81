from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.integration
@pytest.mark.parametrize("page", ["README.md", "integration-page.md"])
def test_python_blocks_run(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    space: dict[str, object] = {}
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)
    assert blocks
    for block in blocks:
        exec(block, space)


def test_there_is_no_init_above_our_own_folders() -> None:
    """Others' packages share the namespace; an __init__ of ours would hide them."""
    ours = {path.parent.name for path in (ROOT / "src").rglob("__init__.py")}
    assert ours == {path.parent.name for path in (ROOT / "src").rglob("py.typed")} == {"tritonqa"}
