from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import checkpoints
from tritonqa.datasets import Example, load_squad


@pytest.fixture(scope="session")
def examples() -> tuple[Example, ...]:
    return load_squad(checkpoints.SAMPLE).examples


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkpoints.make("bert", tmp_path_factory.mktemp("checkpoints") / "tiny-bert")
