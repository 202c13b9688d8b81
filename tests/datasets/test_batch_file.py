from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tritonqa.datasets.batch_file import asks, count
from tritonqa.errors import InputError


def test_a_file_that_may_not_be_read_is_said_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "asks.jsonl"
    path.write_text('{"question": "Who?", "passages": ["Ada."]}\n\n', encoding="utf-8")
    assert count(path) == 2 and len(list(asks(path))) == 1

    def denied(*arguments: Any, **named: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    assert count(path) is None
    with pytest.raises(InputError, match=r"asks.jsonl can't be read: Permission denied"):
        next(asks(path))
