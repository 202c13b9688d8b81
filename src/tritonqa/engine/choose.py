"""A bundle's files and this machine → the engine to run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tritonqa.checks import one_of
from tritonqa.client.address import is_address
from tritonqa.engine import cpu
from tritonqa.engine.base import Engine
from tritonqa.engine.engines import ENGINES
from tritonqa.engine.precision import PRECISIONS, by_speed, of_file
from tritonqa.engine.telemetry import without_telemetry
from tritonqa.errors import EngineError

if TYPE_CHECKING:
    from tritonqa.client import Connection

INSTALL = "install tritonqa[openvino] or tritonqa[onnxruntime]"
_INT8_FLAGS = {"avx512_vnni", "avx_vnni", "amx_int8", "asimddp", "i8mm"}


@dataclass(frozen=True, slots=True)
class Choice:
    """An engine, the file it runs and its precision."""

    engine: str
    precision: str
    file: Path

    def __str__(self) -> str:
        """Name the choice in one word."""
        return f"{self.engine}/{self.precision}"


def choices(files: Sequence[tuple[Path, str, str]]) -> list[Choice]:
    """Order what is installed and in the bundle (file, kind, precision) best first, by a rule.

    With VNNI or AMX (or Arm's dot product) INT8 comes before floats; elsewhere it is no faster than fp32, and
    its file is run with activations as they are: int8-weights. Where the CPU multiplies bf16, an fp32 model
    runs in it, and what INT8 leaves in fp32. OpenVINO comes before onnxruntime, but for dynamic INT8, which
    it runs half as fast; torch comes last. `tritonqa doctor` measures instead.
    """
    has = cpu.flags()
    fast_int8 = not has or bool(has & _INT8_FLAGS)
    found: list[Choice] = []
    for file, kind, stored in files:
        if kind == "safetensors":
            found.append(Choice("torch", stored, file))
        elif kind == "onnx":
            runs = [item for item in of_file(stored) if not item.flags or has & item.flags]
            found += [Choice(engine, item.name, file) for item in runs for engine in item.engines]
    found = [choice for choice in found if ENGINES[choice.engine].is_installed]
    order = by_speed(fast_int8)
    places = {name: place for place, name in enumerate(order)}
    return sorted(
        found, key=lambda choice: (choice.engine == "torch", places.get(choice.precision, len(order)))
    )


def open_engine(choice: Choice, connection: Connection | None = None, cores: int | None = None) -> Engine:
    """Load the engine of a choice, its library kept from calling home; connection is for one on a Triton.

    cores are those it may use, all that this process has otherwise. Raises EngineError, MissingExtra,
    InputError for an unknown name.
    """
    with without_telemetry():
        if is_address(choice.engine):
            from tritonqa.client import parse_addresses
            from tritonqa.engine.backends.remote import TritonEngine

            return TritonEngine(parse_addresses(choice.engine), connection)
        known = ENGINES[one_of("engine", choice.engine, ENGINES)]
        return known.open(choice.file, choice.precision, cores or cpu.cores())


def named(found: Sequence[Choice], engine: str | None, precision: str | None) -> Choice:
    """Return the first choice of this engine and precision; raises InputError, EngineError when none is."""
    if engine is not None and is_address(engine):
        return Choice(engine, precision or "the server's", Path())
    if engine is not None:
        one_of("engine", engine, ENGINES)
    if precision is not None:
        one_of("precision", precision, PRECISIONS)
    if engine == "toy":
        return Choice("toy", "fp32", Path())
    for choice in found:
        if engine in (None, choice.engine) and precision in (None, choice.precision):
            return choice
    have = ", ".join(map(str, found)) or f"none; {INSTALL}"
    asked = "/".join(filter(None, (engine, precision))) or "this reader"
    raise EngineError(f"no engine for {asked} here; this reader can run with: {have}")
