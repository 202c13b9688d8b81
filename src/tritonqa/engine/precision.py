"""The precisions that a model is kept and run in: one table."""

from __future__ import annotations

from dataclasses import dataclass

from tritonqa.engine import cpu


@dataclass(frozen=True, slots=True)
class Precision:
    """How a model computes; file is the precision of the file that it is run from, where that is another.

    engines run it from ONNX, the faster first; flags are those of the CPU of which it needs one; integer says
    that products are of INT8: faster than floats on CPUs that have instructions for it, and only there.
    """

    name: str
    meaning: str
    file: str | None = None
    engines: tuple[str, ...] = ("openvino", "onnx")
    flags: frozenset[str] = frozenset()
    integer: bool = False


_TABLE = (
    Precision("bf16", "an fp32 file in bf16", "fp32", ("openvino",), cpu.BF16),
    Precision("fp32", "weights and products in fp32"),
    Precision("fp16", "weights kept in fp16, products in fp32"),
    Precision("int8-weights", "an INT8 file's weights, activations as they are", "int8"),
    Precision(
        "int8-bf16",
        "an INT8 file, what that leaves in fp32 in bf16",
        "int8",
        ("openvino",),
        cpu.BF16,
        integer=True,
    ),
    Precision("int8", "weights and activations in INT8, by ranges of real asks", integer=True),
    Precision(
        "int8-dynamic",
        "weights in INT8, ranges taken at each run",
        engines=("onnx", "openvino"),
        integer=True,
    ),
)
PRECISIONS = {precision.name: precision for precision in _TABLE}  # the better first, where all are fast


def of_file(stored: str) -> list[Precision]:
    """List what a file of a stored precision can be run in: that, and what is made of it."""
    own = PRECISIONS.get(stored) or Precision(stored, "")
    return [own, *(precision for precision in _TABLE if precision.file == stored)]


def by_speed(fast_int8: bool) -> list[str]:
    """Name the precisions best first: INT8 before floats where it is fast, the dynamic kind always last."""
    ordered = sorted(_TABLE, key=lambda item: (item.name == "int8-dynamic", item.integer != fast_int8))
    return [precision.name for precision in ordered]
