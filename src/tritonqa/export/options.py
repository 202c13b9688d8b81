"""What to export, how to quantise, and how far a format may stray from torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tritonqa.checks import check_fields, flag, instance, number, one_of, path, text, whole_number
from tritonqa.errors import InputError


@dataclass(frozen=True, slots=True)
class Target:
    """A format: its file in the bundle, and what verification asks of it.

    tolerance is the largest difference of a logit as a share of the largest logit; same_answers the least
    share of asks that must be answered as torch does. None: the F1 decides.
    """

    file: str
    kind: str
    precision: str
    tolerance: float | None
    same_answers: float | None

    @property
    def scored(self) -> bool:
        """Say whether the F1 decides."""
        return self.same_answers is None and self.kind != "tensorrt-recipe"


FORMATS = {
    "onnx": Target("onnx/model.onnx", "onnx", "fp32", 1e-4, 0.999),
    "onnx-fp16": Target("onnx/model.fp16.onnx", "onnx", "fp16", 2e-2, 0.95),
    "onnx-int8": Target("onnx/model.int8.onnx", "onnx", "int8", None, None),
    "onnx-int8-dynamic": Target("onnx/model.int8-dynamic.onnx", "onnx", "int8-dynamic", None, None),
    "torchscript": Target("torchscript/model.pt", "torchscript", "fp32", 1e-4, 0.999),
    "torchscript-script": Target("torchscript/model.script.pt", "torchscript", "fp32", 1e-4, 0.999),
    "torch-export": Target("torch_export/model.pt2", "torch_export", "fp32", 1e-4, 0.999),
    "checkpoint": Target("model.safetensors", "safetensors", "fp32", 1e-4, 0.999),
    "tensorrt": Target("tensorrt/build.py", "tensorrt-recipe", "fp16", None, None),
}


UNKNOWN = "unknown"
ONE_FILE = 1_900_000_000  # bytes of weights; protobuf refuses files of 2 GB


@dataclass(frozen=True, slots=True)
class Quantisation:
    """Static INT8 by NNCF: asks set the ranges of activations; SmoothQuant moves outliers into weights.

    mixed takes asymmetric ranges for activations, which are more exact and no slower on CPUs; attention
    quantises the products of queries and keys too: a little faster, less exact.
    """

    asks: int = 128
    smooth: float = 0.85
    mixed: bool = True
    attention: bool = False

    def __post_init__(self) -> None:
        """Raise InputError for values out of range, by name."""
        check_fields(self, whole_number, "asks", least=1)
        check_fields(self, number, "smooth", least=0, most=1)
        check_fields(self, flag, "mixed", "attention")


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """Which formats, under which name, held to what.

    max_length is the longest window in tokens (the model's own limit at most); asks and ranges are
    SQuAD files to verify on, and to set the ranges of INT8 by, instead of the packaged ones; max_f1_loss is
    in points of F1; compared is how many asks, spread over all, every format answers; weights of more than
    one_file bytes are kept beside the ONNX graph.
    """

    formats: tuple[str, ...] = ("onnx",)
    name: str | None = None
    licence: str = UNKNOWN
    max_length: int | None = None
    asks: Path | None = None
    ranges: Path | None = None
    max_f1_loss: float = 1.0
    quantisation: Quantisation = field(default_factory=Quantisation)
    compared: int = 100
    one_file: int = ONE_FILE

    def __post_init__(self) -> None:
        """Raise InputError for a format that does not exist, for none, and for a loss that is no number."""
        if not isinstance(self.formats, Sequence) or isinstance(self.formats, str) or not self.formats:
            raise InputError(
                "formats must be names of formats, at least one: for example ('onnx',)", "formats"
            )
        for name in self.formats:
            one_of("format", name, FORMATS)
        check_fields(self, text, "name", "licence")
        check_fields(self, whole_number, "max_length", "compared", least=1)
        check_fields(self, whole_number, "one_file", least=0)
        check_fields(self, path, "asks", "ranges")
        check_fields(self, number, "max_f1_loss", unit="points of F1")
        check_fields(self, instance, "quantisation", kind=Quantisation)
