from __future__ import annotations

import compileall
import json
import shutil
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tritonqa.bundle import read
from tritonqa.engine.backends.remote import ports
from tritonqa.engine.base import INPUT_NAMES
from tritonqa.errors import BundleError, InputError
from tritonqa.reader.find import PACKAGED, find_bundle
from tritonqa.triton.repository.configs import logits_config, reader_config
from tritonqa.triton.repository.options import Limits, LogitsOptions, Models
from tritonqa.triton.repository.schema import ModelConfig, Port, read_parameters, to_dict, to_pbtxt
from tritonqa.triton.repository.write import build, next_version


def parsed(text: str) -> dict[str, Any]:
    from tritonqa.protocol.protobuf import json_format, model_config_pb2, text_format

    message = text_format.Parse(text, model_config_pb2.ModelConfig())
    record: dict[str, Any] = json_format.MessageToDict(message, preserving_proto_field_name=True)
    return record


LOGITS_OPTIONS = [
    LogitsOptions(),
    LogitsOptions("onnxruntime"),
    LogitsOptions("onnxruntime", "cuda"),
    LogitsOptions("onnxruntime", "tensorrt", instances=2),
    LogitsOptions("onnxruntime", "openvino"),
    LogitsOptions("openvino"),
    LogitsOptions("pytorch"),
    LogitsOptions("tensorrt", delay=500, max_batch_size=8),
    LogitsOptions(instances=3, rate_limit=2),
]


@pytest.mark.parametrize("options", LOGITS_OPTIONS, ids=lambda e: f"{e.backend}-{e.accelerator}")
def test_the_model_logits_read_back_is_the_one_written(options: LogitsOptions) -> None:
    models = Models(Limits(waiting=8, seconds=2.0), warmup=(32, 128), versions=2)
    config = logits_config(find_bundle(PACKAGED), models, options)
    again = parsed(to_pbtxt(config))
    assert again == texted(to_dict(config))
    assert again["backend"] == options.backend and again["max_batch_size"] == options.max_batch_size
    assert again["version_policy"] == {"latest": {"num_versions": 2}}
    assert again["instance_group"][0]["count"] == options.instances
    assert ("rate_limiter" in again["instance_group"][0]) == bool(options.rate_limit)
    ours = options.backend == "python"
    policy = again["dynamic_batching"].get("default_queue_policy")
    assert policy == (None if ours else {"max_queue_size": 8, "default_timeout_microseconds": "2000000"})
    assert ("limits" in again["parameters"]) == ours
    assert len(again.get("model_warmup", ())) == (0 if ours else 2)
    assert ("warmup" in again["parameters"]) == ours


@pytest.mark.parametrize(
    ("models", "message"),
    [
        (
            Models(precision="fp64"),
            "precision 'fp64' is none of this reader's: int8, int8-bf16, int8-weights",
        ),
        (Models(warmup=(32, 4096)), "warmup must be lengths of at most 384 tokens"),
    ],
)
def test_what_the_reader_can_not_do_is_refused(tmp_path: Path, models: Models, message: str) -> None:
    with pytest.raises(InputError, match=message):
        build(find_bundle(PACKAGED), tmp_path / "r", models)
    assert not list(tmp_path.iterdir())


def test_a_rate_limit_is_kept_for_the_server(tmp_path: Path) -> None:
    build(find_bundle(PACKAGED), tmp_path / "r", Models(logits=LogitsOptions(rate_limit=3)))
    assert read_parameters(tmp_path / "r" / "logits" / "config.pbtxt")["rate_limit"] == "3"
    assert "rate_limit" not in read_parameters(tmp_path / "r" / "reader" / "config.pbtxt")
    assert read_parameters(tmp_path / "none") == {}


def test_a_reader_read_back_is_the_one_written() -> None:
    config = reader_config(find_bundle(PACKAGED), Models(engine="onnx", precision="int8", cache=True))
    text = to_pbtxt(config)
    assert parsed(text) == texted(to_dict(config))
    assert "max_batch_size: 0\n" in text
    known = find_bundle(PACKAGED).manifest.calibration
    assert known is not None and json.loads(config.parameters["calibration"]) == asdict(known)


def texted(value: Any) -> Any:
    """Write 64-bit numbers as protobuf's JSON does: as text."""
    if isinstance(value, dict):
        wide = ("dims", "default_timeout_microseconds", "max_queue_delay_microseconds")
        return {
            key: [str(size) for size in item] if key == "dims" else str(item) if key in wide else texted(item)
            for key, item in value.items()
        }
    return [texted(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"backend": "abacus"}, "backend 'abacus' is unknown"),
        ({"accelerator": "cuda"}, "goes with backend onnxruntime"),
        ({"backend": "onnxruntime", "accelerator": "x"}, "accelerator 'x' is unknown"),
        ({"instances": 0}, "instances must be at least 1"),
        ({"rate_limit": 0}, "rate_limit must be at least 1"),
        ({"max_batch_size": 0}, "max_batch_size must be at least 1"),
        ({"delay": -1}, "delay must be at least 0"),
    ],
)
def test_bad_encodings_name_the_field(options: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError, match=field):
        LogitsOptions(**options)


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"versions": 0}, "versions must"),
        ({"warmup": (4,)}, "warmup"),
        ({"engine": "abacus"}, "engine 'abacus' is unknown"),
    ],
)
def test_bad_models_name_the_field(options: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError, match=field):
        Models(**options)


def test_logits_on_onnx_hold_its_file_and_a_missing_one_is_said(tmp_path: Path) -> None:
    build(find_bundle(PACKAGED), tmp_path / "r", Models(logits=LogitsOptions("onnxruntime")))
    assert (tmp_path / "r" / "logits" / "1" / "model.onnx").stat().st_size > 1e6
    with pytest.raises(BundleError, match="backend tensorrt needs tensorrt, which this bundle lacks"):
        build(find_bundle(PACKAGED), tmp_path / "s", Models(logits=LogitsOptions("tensorrt")))
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


def test_versions_count_up(tmp_path: Path) -> None:
    build(find_bundle(PACKAGED), tmp_path / "r", Models(logits=LogitsOptions()))
    with next_version(find_bundle(PACKAGED), tmp_path / "r") as version:
        assert version == 2
    assert all((tmp_path / "r" / name / "2" / "model.py").exists() for name in ("logits", "reader"))
    assert sorted(path.name for path in (tmp_path / "r" / "reader").iterdir()) == ["1", "2", "config.pbtxt"]
    with pytest.raises(BundleError, match="is no repository"):
        next_version(find_bundle(PACKAGED), tmp_path / "r" / "reader").__enter__()


def test_a_configuration_says_which_bundle_is_newest(tmp_path: Path) -> None:
    build(find_bundle(PACKAGED), tmp_path / "r", Models(logits=LogitsOptions(rate_limit=3), cache=True))
    bundle = find_bundle(PACKAGED)
    other = replace(bundle, manifest=replace(bundle.manifest, name="other", version="7", max_answer_tokens=5))
    files = [tmp_path / "r" / name / "config.pbtxt" for name in ("logits", "reader")]
    before = [read_parameters(file) for file in files]
    with pytest.raises(KeyError), next_version(other, tmp_path / "r"):
        raise KeyError
    assert [read_parameters(file) for file in files] == before
    assert not (tmp_path / "r" / "reader" / "2").exists()
    with next_version(other, tmp_path / "r"):
        pass
    assert [read_parameters(file)["bundle"] for file in files] == ["other 7"] * 2
    now = [read_parameters(file) for file in files]
    changed = [{key for key in new if new[key] != old[key]} for new, old in zip(now, before, strict=True)]
    assert changed == [{"bundle", "fingerprint"}, {"bundle", "fingerprint", "decoding"}]
    assert parsed(files[0].read_text())["max_batch_size"] == 16


@pytest.mark.parametrize("options", LOGITS_OPTIONS, ids=lambda e: f"{e.backend}-{e.accelerator}")
def test_the_remote_engine_fits_every_backend(options: LogitsOptions) -> None:
    inputs, outputs = ports(parsed(to_pbtxt(logits_config(find_bundle(PACKAGED), Models(), options))))
    kind = np.int32 if options.backend == "tensorrt" else np.int64
    assert inputs == dict.fromkeys(INPUT_NAMES, kind)
    assert [name.partition("__")[0] for name in outputs] == ["start_logits", "end_logits"]


def test_a_damaged_bundle_is_no_version(tmp_path: Path) -> None:
    build(find_bundle(PACKAGED), tmp_path / "r")
    shutil.copytree(find_bundle(PACKAGED).folder, tmp_path / "b")
    graph = tmp_path / "b" / "onnx" / "model.int8.onnx"
    graph.write_bytes(graph.read_bytes()[:-1] + b"x")
    with pytest.raises(BundleError, match="is damaged"):
        next_version(find_bundle(str(tmp_path / "b")), tmp_path / "r").__enter__()
    assert not (tmp_path / "r" / "reader" / "2").exists()


def test_what_the_schema_does_not_know_is_refused() -> None:
    port = Port("x", "TYPE_WORDS", (1,))
    with pytest.raises(InputError, match="refuses the configuration of odd"):
        to_pbtxt(ModelConfig("odd", (port,), (port,)))


def test_a_repository_holds_its_bundle_and_is_written_once(tmp_path: Path) -> None:
    folder = tmp_path / "repository"
    build(find_bundle(PACKAGED), folder)
    assert read(folder / "reader" / "1" / "bundle").manifest == find_bundle(PACKAGED).manifest
    assert compileall.compile_file(folder / "reader" / "1" / "model.py", quiet=1)
    with pytest.raises(BundleError, match="exists already"):
        build(find_bundle(PACKAGED), folder)
    assert [path.name for path in tmp_path.iterdir()] == ["repository"]
