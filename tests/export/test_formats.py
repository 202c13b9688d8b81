"""Every format of one tiny checkpoint; adding to a bundle; refusals that leave nothing."""

from __future__ import annotations

import ast
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tritonqa import Reader, pipeline
from tritonqa.bundle import Bundle, read
from tritonqa.errors import BundleError, ExportError, InputError, TritonQAError
from tritonqa.export import FORMATS, ExportOptions, Quantisation, export
from tritonqa.export.formats.tensorrt import buckets, trtexec
from tritonqa.features import Windowing

FEW = Quantisation(asks=4)


@pytest.fixture(scope="module")
def everything(bert: Path, asks: Path, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    options = ExportOptions(tuple(FORMATS), asks=asks, ranges=asks, max_f1_loss=100, quantisation=FEW)
    return export(bert, tmp_path_factory.mktemp("bundles") / "all", options)


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "tensorrt"])
def test_held_to_torch(name: str, everything: Bundle) -> None:
    target = FORMATS[name]
    item = next(item for item in everything.manifest.formats if item.file == target.file)
    assert (item.kind, item.precision) == (target.kind, target.precision)
    assert item.parity["same_answers"] >= (target.same_answers or 0)
    assert item.parity["max_difference"] <= (target.tolerance or 2)
    assert bool(item.f1) == (target.same_answers is None)


def test_sizes_follow_precision(everything: Bundle) -> None:
    import onnx
    from onnx import numpy_helper

    def weights(file: str) -> int:
        graph = onnx.load(str(everything.path(file))).graph
        return sum(numpy_helper.to_array(one).nbytes for one in graph.initializer)

    assert weights("onnx/model.fp16.onnx") < 0.6 * weights("onnx/model.onnx")
    assert {"model.safetensors", "tensorrt/build.py"} <= {item.file for item in everything.manifest.formats}


def test_int8_leaves_attention_alone(everything: Bundle) -> None:
    import onnx

    graph = onnx.load(str(everything.path("onnx/model.int8.onnx"))).graph
    maker = {name: node.op_type for node in graph.node for name in node.output}
    quantised = [
        {maker.get(name) for name in node.input} == {"DequantizeLinear"}
        for node in graph.node
        if node.op_type == "MatMul"
    ]
    layers = 2  # each of six products with weights and two without; and the head's
    assert (quantised.count(True), quantised.count(False)) == (6 * layers + 1, 2 * layers)


@pytest.mark.parametrize("precision", ["fp32", "fp16", "int8", "int8-dynamic"])
def test_every_onnx_precision_answers(precision: str, everything: Bundle) -> None:
    with Reader.load(str(everything.folder), precision=precision) as reader:
        text = "The sky is blue."
        answer = reader.ask("What is blue?", text, no_answer_threshold=1.0)[0]
        assert text[answer.start : answer.end] == answer.text


def test_formats_are_added_in_place(plain: Path, asks: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(plain, tmp_path / "bundle"))
    before = read(folder).manifest.formats
    found = export(folder, folder, ExportOptions(("onnx-fp16",), asks=asks))
    assert found.manifest.formats[:1] == before and found.manifest.formats[1].precision == "fp16"
    assert [path.name for path in tmp_path.iterdir()] == ["bundle"]
    with pytest.raises(ExportError, match="has onnx-fp16 already"):
        export(folder, folder, ExportOptions(("onnx-fp16",), asks=asks))


def test_what_is_said_of_a_bundle_is_said_as_formats_are_added(
    plain: Path, asks: Path, tmp_path: Path
) -> None:
    options = ExportOptions(("onnx-fp16",), licence="apache-2.0", asks=asks)
    found = export(plain, tmp_path / "more", options)
    assert found.manifest.licence == "apache-2.0" != read(plain).manifest.licence
    length = found.manifest.windowing.max_length
    with pytest.raises(InputError, match=f"max_length of .*more is {length}, for all its formats"):
        export(
            found.folder,
            tmp_path / "longer",
            replace(options, formats=("onnx-int8-dynamic",), max_length=length - 1),
        )
    assert not (tmp_path / "longer").exists()


def test_the_scripts_of_tensorrt_come_with_the_onnx_that_they_read(
    bert: Path, asks: Path, tmp_path: Path
) -> None:
    found = export(bert, tmp_path / "new", ExportOptions(("tensorrt",), asks=asks))
    assert [item.kind for item in found.manifest.formats] == ["onnx", "tensorrt-recipe"]
    assert found.path(found.manifest.formats[0].file).is_file()


def test_a_checkpoint_is_verified_in_fp32_where_cuda_would_run_it_in_bf16(
    bert: Path, asks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    found = export(bert, tmp_path / "new", ExportOptions(("checkpoint",), asks=asks))
    assert found.manifest.formats[0].parity["max_difference"] <= 1e-4


def test_formats_are_added_to_a_copy(plain: Path, asks: Path, tmp_path: Path) -> None:
    found = export(
        plain, tmp_path / "more", ExportOptions(("onnx-int8-dynamic",), asks=asks, max_f1_loss=100)
    )
    assert [item.precision for item in found.manifest.formats] == ["fp32", "int8-dynamic"]
    assert len(read(plain).manifest.formats) == 1


def test_quantising_prints_nothing(
    plain: Path, asks: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    options = ExportOptions(("onnx-int8",), asks=asks, ranges=asks, max_f1_loss=100, quantisation=FEW)
    export(plain, tmp_path / "more", options)
    assert capfd.readouterr() == ("", "")


def test_torch_formats_need_the_checkpoint(
    plain: Path, everything: Bundle, asks: Path, tmp_path: Path
) -> None:
    with pytest.raises(ExportError, match="holds no checkpoint to make torchscript from"):
        export(plain, tmp_path / "new", ExportOptions(("torchscript",), asks=asks))
    assert not list(tmp_path.iterdir())
    kept = Path(shutil.copytree(everything.folder, tmp_path / "kept"))
    with pytest.raises(ExportError, match="has torchscript already"):
        export(kept, kept, ExportOptions(("torchscript",), asks=asks))


def test_a_kept_checkpoint_makes_further_formats(bert: Path, asks: Path, tmp_path: Path) -> None:
    export(bert, tmp_path / "kept", ExportOptions(("checkpoint",), asks=asks))
    found = export(tmp_path / "kept", tmp_path / "kept", ExportOptions(("torch-export",), asks=asks))
    assert [item.kind for item in found.manifest.formats] == ["safetensors", "torch_export"]
    assert not (tmp_path / "kept" / "onnx" / "model.onnx").exists()


def test_weights_beside_the_graph(bert: Path, asks: Path, tmp_path: Path) -> None:
    options = ExportOptions(
        ("onnx", "onnx-fp16", "onnx-int8"), asks=asks, ranges=asks, max_f1_loss=100, quantisation=FEW,
        one_file=1,
    )  # fmt: skip
    found = export(bert, tmp_path / "large", options)
    for item in found.manifest.formats:
        assert [part.file for part in item.parts] == [f"{item.file}.data"]
    with Reader.load(str(found.folder)) as reader:
        assert reader.ask("What is blue?", "The sky is blue.", no_answer_threshold=1.0)
    (found.folder / "onnx/model.onnx.data").write_bytes(b"x")
    with pytest.raises(BundleError, match="model.onnx.data is damaged: 1 bytes"):
        read(found.folder)


def test_over_the_limit_nothing_stays(bert: Path, asks: Path, tmp_path: Path) -> None:
    options = ExportOptions(("onnx", "onnx-int8-dynamic"), asks=asks, max_f1_loss=-1000)
    with pytest.raises(ExportError, match="onnx-int8-dynamic is refused: its F1 is"):
        export(bert, tmp_path / "deep" / "new", options)
    assert not list(tmp_path.iterdir())


def test_interrupted_at_each_stage_nothing_stays(bert: Path, asks: Path, tmp_path: Path) -> None:
    stages: list[str] = []

    def note(stage: str, done: int, total: int) -> None:
        stages.append(stage)

    export(bert, tmp_path / "whole", ExportOptions(asks=asks), note)
    for stop in dict.fromkeys(stages):

        def interrupt(stage: str, done: int, total: int, stop: str = stop) -> None:
            if stage == stop:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            export(bert, tmp_path / "cut", ExportOptions(asks=asks), interrupt)
        assert [path.name for path in tmp_path.iterdir()] == ["whole"]


def test_targets_that_are_taken(bert: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(BundleError, match="exists already"):
        export(bert, tmp_path / "taken")
    with pytest.raises(InputError, match="format 'onyx' is unknown"):
        ExportOptions(("onyx",))
    with pytest.raises(TritonQAError, match="max_length 4096 is more than the model takes: 128"):
        export(bert, tmp_path / "new", ExportOptions(max_length=4096))


def test_windows_longer_than_the_model_are_refused(plain: Path) -> None:
    assert read(plain).manifest.positions == 128
    with pytest.raises(InputError, match="windowing.max_length 136 is more than the model takes: 128 tokens"):
        Reader.load(str(plain), windowing=Windowing(136, 16, 16))
    with pytest.raises(InputError, match="max_seq_len 129 is more than the model takes: 128 tokens"):
        pipeline(model=str(plain), max_seq_len=129)
    with pipeline(model=str(plain), max_seq_len=128, doc_stride=16) as pipe:
        assert pipe("What is blue?", "The sky is blue. " * 99)["answer"]
        with pytest.raises(InputError, match="max_seq_len 384 is more than the model takes"):
            pipe("What is blue?", "The sky is blue.", max_seq_len=384)


def test_tensorrt_has_a_profile_for_each_bucket(everything: Bundle) -> None:
    assert buckets(384) == ((1, 64, 64), (65, 128, 128), (129, 256, 256), (257, 384, 384))
    command = trtexec("m.onnx", "m.plan", ("input_ids", "attention_mask"), 128)
    assert command.count("--profile=") == 2
    assert "--minShapes=input_ids:1x65,attention_mask:1x65" in command
    folder = everything.folder / "tensorrt"
    subprocess.run(["sh", "-n", str(folder / "build.sh")], check=True)
    for script in ("build.py", "build_torch.py"):
        tree = ast.parse((folder / script).read_text(encoding="utf-8"))
        value = next(node.value for node in tree.body if isinstance(node, ast.Assign))
        assert ast.literal_eval(value)["onnx"] == "../onnx/model.onnx"
