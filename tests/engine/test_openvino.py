"""The OpenVINO engine on the packaged reader."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from tritonqa.engine import cpu
from tritonqa.engine.openvino import OpenVinoEngine
from tritonqa.features import Window
from tritonqa.reader.embedded import Embedded
from tritonqa.reader.load import load_embedded
from tritonqa.text import Ask

LENGTHS = 3, 40, 41, 3, 200, 40, 39


@pytest.fixture(scope="module")
def backend() -> Iterator[Embedded]:
    backend = load_embedded(engine="openvino", precision="int8")
    yield backend
    backend.close()


def windows(backend: Embedded) -> list[Window]:
    asks = [Ask.of("Who?", " ".join(f"word{i}" for i in range(words))) for words in LENGTHS]
    return [backend.prepare(ask).windows[0] for ask in asks]


@pytest.mark.parametrize("alone", [True, False])
def test_windows_of_several_lengths_run_together_as_they_run_one_by_one(
    backend: Embedded, alone: bool
) -> None:
    engine, several = backend.flow.engine, windows(backend)
    together = engine.run(several, alone=alone)
    assert [logits.shape for logits in together] == [(2, len(window)) for window in several]
    for window, logits in zip(several, together, strict=True):
        np.testing.assert_allclose(logits, engine.run([window], alone=alone)[0], atol=0.05)


def test_computed_tokens_are_what_is_run(backend: Embedded) -> None:
    engine, several = backend.flow.engine, windows(backend)
    assert isinstance(engine, OpenVinoEngine)
    tokens = [-(-len(window) // engine.round_to) * engine.round_to for window in several]
    assert engine.computed(several) == sum(tokens)


@pytest.mark.parametrize(("flags", "together"), [({"avx512_vnni"}, 1), ({"avx512_vnni", "amx_int8"}, 4)])
def test_windows_run_together_where_amx_is(
    backend: Embedded, monkeypatch: pytest.MonkeyPatch, flags: set[str], together: int
) -> None:
    monkeypatch.setattr(cpu, "flags", lambda: frozenset(flags))
    bundle = load_embedded(engine="openvino", precision="int8")
    try:
        assert bundle.flow.engine.grouping.windows == together
    finally:
        bundle.close()
