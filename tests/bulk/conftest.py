from __future__ import annotations

from collections.abc import Iterator

import pytest

from tritonqa import Reader


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader.load(engine="toy") as opened:
        yield opened
