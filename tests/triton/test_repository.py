from __future__ import annotations

import compileall
from pathlib import Path

import pytest

from tritonqa.bundle import read
from tritonqa.errors import BundleError, InputError
from tritonqa.reader.load import PACKAGED, find
from tritonqa.triton.config import ModelConfig, Port, to_dict, to_pbtxt
from tritonqa.triton.repository import build, reader_config


def parsed(text: str) -> dict[str, object]:
    from tritonqa.wire.protobuf import json_format, model_config_pb2, text_format

    message = text_format.Parse(text, model_config_pb2.ModelConfig())
    record: dict[str, object] = json_format.MessageToDict(message, preserving_proto_field_name=True)
    return record


def test_the_configuration_read_back_is_the_one_written() -> None:
    config = reader_config(find(PACKAGED))
    text = to_pbtxt(config)
    again, meant = parsed(text), to_dict(config)
    for port in (*meant["input"], *meant["output"]):
        port["dims"] = [str(size) for size in port["dims"]]
    assert again == meant
    assert "max_batch_size: 0\n" in text


def test_what_the_schema_does_not_know_is_refused() -> None:
    port = Port("x", "TYPE_WORDS", (1,))
    with pytest.raises(InputError, match="refuses the configuration of odd"):
        to_pbtxt(ModelConfig("odd", "python", (port,), (port,)))


def test_a_repository_holds_its_bundle_and_is_written_once(tmp_path: Path) -> None:
    folder = tmp_path / "repository"
    build(find(PACKAGED), folder)
    assert read(folder / "reader" / "1" / "bundle").manifest == find(PACKAGED).manifest
    assert compileall.compile_file(folder / "reader" / "1" / "model.py", quiet=1)
    with pytest.raises(BundleError, match="exists already"):
        build(find(PACKAGED), folder)
    assert [path.name for path in tmp_path.iterdir()] == ["repository"]
