from __future__ import annotations

from pathlib import Path

import pytest

from tritonqa.engine import ENGINES, choices, cpu
from tritonqa.engine.choose import named
from tritonqa.engine.precision import PRECISIONS, of_file
from tritonqa.errors import EngineError, InputError
from tritonqa.export import FORMATS

FILES = [(Path("m.onnx"), "onnx", "fp32"), (Path("m.int8.onnx"), "onnx", "int8"), (Path("m"), "onnx", "odd")]


@pytest.mark.parametrize(
    ("flags", "first", "absent"),
    [
        ({"avx2"}, "openvino/fp32", {"openvino/bf16", "openvino/int8-bf16"}),
        ({"avx2", "avx512_vnni"}, "openvino/int8", {"openvino/bf16", "openvino/int8-bf16"}),
        ({"avx512_vnni", "avx512_bf16"}, "openvino/int8-bf16", set()),
        ({"avx512_vnni", "avx512_bf16", "amx_bf16", "amx_int8"}, "openvino/int8-bf16", set()),
        ({"asimddp"}, "openvino/int8", {"openvino/bf16", "openvino/int8-bf16"}),
    ],
)
def test_the_rule_follows_the_cpus_flags(
    monkeypatch: pytest.MonkeyPatch, flags: set[str], first: str, absent: set[str]
) -> None:
    pytest.importorskip("openvino")
    monkeypatch.setattr(cpu, "flags", lambda: frozenset(flags))
    found = [str(choice) for choice in choices(FILES)]
    assert found[0] == first
    assert not absent & set(found)
    assert {"openvino/fp32", "openvino/int8", "openvino/int8-weights", "openvino/odd"} <= set(found)


@pytest.mark.parametrize(
    ("stored", "flags", "first"),
    [
        ("int8", {"avx2"}, "openvino/int8-weights"),
        ("int8", {"avx2", "avx_vnni"}, "openvino/int8"),
        ("fp32", {"avx2", "avx512_vnni"}, "openvino/fp32"),
        ("fp32", {"avx512_bf16"}, "openvino/bf16"),
        ("fp32", {"amx_bf16"}, "openvino/bf16"),
    ],
)
def test_a_file_alone_runs_in_what_the_cpu_multiplies_fast(
    monkeypatch: pytest.MonkeyPatch, stored: str, flags: set[str], first: str
) -> None:
    pytest.importorskip("openvino")
    monkeypatch.setattr(cpu, "flags", lambda: frozenset(flags))
    assert str(choices([(Path("m.onnx"), "onnx", stored)])[0]) == first


def test_dynamic_int8_runs_on_onnxruntime_first() -> None:
    pytest.importorskip("openvino")
    pytest.importorskip("onnxruntime")
    file = Path("model.int8-dynamic.onnx")
    found = [str(choice) for choice in choices([(file, "onnx", "int8-dynamic")])]
    assert found == ["onnx/int8-dynamic", "openvino/int8-dynamic"]


def test_a_choice_that_is_not_here_lists_what_is() -> None:
    with pytest.raises(EngineError, match="no engine for torch here; this reader can run with: .*int8"):
        named(choices(FILES), "torch", None)
    with pytest.raises(InputError, match="precision 'int4' is unknown; choose one of bf16, fp32"):
        named(choices(FILES), None, "int4")


def test_the_tables_know_each_other() -> None:
    for precision in PRECISIONS.values():
        assert set(precision.engines) <= set(ENGINES)
        assert precision.file is None or precision.file in PRECISIONS
    assert {target.precision for target in FORMATS.values()} <= set(PRECISIONS)
    assert [item.name for item in of_file("int8")] == ["int8", "int8-weights", "int8-bf16"]
    assert [item.name for item in of_file("odd")] == ["odd"]
