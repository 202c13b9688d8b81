"""Format → what writes it: of the fp32 ONNX, or of the checkpoint's model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tritonqa.export.options import FORMATS

if TYPE_CHECKING:
    from tritonqa.export.sources.base import Source
    from tritonqa.export.sources.checkpoint import CheckpointSource


def _onnx(source: Source, stage: Path, file: Path) -> None:
    source.onnx(stage)


def _fp16(source: Source, stage: Path, file: Path) -> None:
    from tritonqa.export.formats.fp16 import store_fp16

    store_fp16(source.onnx(stage), file, source.options.one_file)


def _int8(source: Source, stage: Path, file: Path) -> None:
    from tritonqa.export.formats.int8 import quantise_static

    options = source.options
    quantise_static(source.onnx(stage), file, source.ranges, options.quantisation, options.one_file)


def _int8_dynamic(source: Source, stage: Path, file: Path) -> None:
    from tritonqa.export.formats.int8 import quantise_dynamic

    quantise_dynamic(source.onnx(stage), file)


def _tensorrt(source: Source, stage: Path, file: Path) -> None:
    from tritonqa.export.formats.tensorrt import write_recipe

    write_recipe(file.parent, FORMATS["onnx"].file, source.inputs, source.windowing.max_length)


def _traced(source: CheckpointSource, file: Path) -> None:
    from tritonqa.export.formats.torchscript import write_traced

    write_traced(source.model, file)


def _scripted(source: CheckpointSource, file: Path) -> None:
    from tritonqa.export.formats.torchscript import write_scripted

    write_scripted(source.graph, file)


def _torch_export(source: CheckpointSource, file: Path) -> None:
    from torch.export import save

    save(source.graph, file)


def _checkpoint(source: CheckpointSource, file: Path) -> None:
    """Write one file, whatever shards and precision the source has: the fp32 module itself."""
    from safetensors.torch import save_model

    save_model(source.model.module.model, str(file), metadata={"format": "pt"})


FROM_ONNX: dict[str, Callable[[Source, Path, Path], None]] = {
    "onnx": _onnx,
    "onnx-fp16": _fp16,
    "onnx-int8": _int8,
    "onnx-int8-dynamic": _int8_dynamic,
    "tensorrt": _tensorrt,
}

FROM_MODEL: dict[str, Callable[[CheckpointSource, Path], None]] = {
    "torchscript": _traced,
    "torchscript-script": _scripted,
    "torch-export": _torch_export,
    "checkpoint": _checkpoint,
}


def extra_files(file: Path) -> list[Path]:
    """List the files beside a format's own that belong to it."""
    beside = file.with_name(file.name + ".data")
    if beside.exists():
        return [beside]
    if file.name == FORMATS["tensorrt"].file.rpartition("/")[2]:
        return sorted(path for path in file.parent.iterdir() if path != file)
    return []
