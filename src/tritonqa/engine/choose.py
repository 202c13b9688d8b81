"""A bundle's files and this machine → the engine to run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from tritonqa.client import Address, Connection
from tritonqa.client.address import is_address
from tritonqa.engine import cpu
from tritonqa.engine.base import Engine
from tritonqa.engine.telemetry import without_telemetry
from tritonqa.errors import EngineError, InputError

ENGINES = ("toy", "onnx", "openvino", "torch")
_LIBRARY = {"openvino": "openvino", "onnx": "onnxruntime", "torch": "torch"}
MADE = {"bf16": "fp32", "int8-bf16": "int8", "int8-weights": "int8"}  # run from a file of another precision
_NEEDS = {"bf16": {"amx_bf16"}, "int8-bf16": {"amx_bf16", "avx512_bf16"}}  # by OpenVINO alone


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

    With VNNI or AMX (or Arm's dot product) INT8 comes before fp32; what INT8 leaves in fp32 runs in bf16
    where the CPU multiplies that, but a whole model in bf16 needs AMX. Elsewhere INT8 is no faster than fp32,
    and its file is run with activations as they are: int8-weights. OpenVINO comes before onnxruntime, but for
    dynamic INT8, which it runs half as fast; torch comes last. `tritonqa doctor` measures instead.
    """
    has = cpu.flags()
    fast_int8 = not has or bool(has & {"avx512_vnni", "avx_vnni", "amx_int8", "asimddp", "i8mm"})
    found: list[Choice] = []
    for file, kind, precision in files:
        if kind == "onnx":
            kept = ["int8-weights"] if precision == "int8" else []
            found += [
                Choice(engine, name, file) for engine in ("openvino", "onnx") for name in (precision, *kept)
            ]
            made = [name for name, flags in _NEEDS.items() if MADE[name] == precision and has & flags]
            found += [Choice("openvino", name, file) for name in made]
        elif kind == "safetensors":
            found.append(Choice("torch", precision, file))
    exact, mixed = ("bf16", "fp32", "fp16", "int8-weights"), ("int8-bf16", "int8")
    order = ((*mixed, *exact) if fast_int8 else (*exact, *mixed)) + ("int8-dynamic",)
    engines = ("openvino", "onnx", "torch")
    dynamic = ("onnx", "openvino")
    found = [choice for choice in found if find_spec(_LIBRARY[choice.engine])]
    return sorted(
        found,
        key=lambda choice: (
            choice.engine == "torch",
            order.index(choice.precision) if choice.precision in order else len(order),
            (dynamic if choice.precision == "int8-dynamic" else engines).index(choice.engine),
        ),
    )


def open_engine(choice: Choice, connection: Connection | None = None, cores: int | None = None) -> Engine:
    """Load the engine of a choice, its library kept from calling home; connection is for one on a Triton.

    cores are those it may use, all that this process has otherwise. Raises EngineError, MissingExtra,
    InputError for an unknown name.
    """
    with without_telemetry():
        return _open(choice, connection, cores or cpu.cores())


def _open(choice: Choice, connection: Connection | None, cores: int) -> Engine:
    if is_address(choice.engine):
        from tritonqa.engine.backends.remote import TritonEngine

        return TritonEngine(Address.parse(choice.engine), connection)
    if choice.engine == "openvino":
        from tritonqa.engine.backends.openvino import OpenVinoEngine

        return OpenVinoEngine(choice.file, choice.precision, cores)
    if choice.engine == "onnx":
        from tritonqa.engine.backends.onnx import OnnxEngine

        return OnnxEngine(choice.file, choice.precision, cores)
    if choice.engine == "torch":
        from tritonqa.engine.backends.torch import TorchEngine

        return TorchEngine(choice.file.parent, choice.precision, cores)
    if choice.engine == "toy":
        from tritonqa.engine.backends.toy import ToyEngine

        return ToyEngine()
    raise unknown(choice.engine)


def unknown(engine: str) -> InputError:
    """Say that no engine has this name."""
    return InputError(f"engine {engine!r} is unknown; choose one of {', '.join(ENGINES)}")


def named(found: Sequence[Choice], engine: str | None, precision: str | None) -> Choice:
    """Return the first choice of this engine and precision; raises InputError, EngineError when none is."""
    if engine is not None and is_address(engine):
        return Choice(engine, precision or "the server's", Path())
    if engine is not None and engine not in ENGINES:
        raise unknown(engine)
    if engine == "toy":
        return Choice("toy", "fp32", Path())
    for choice in found:
        if engine in (None, choice.engine) and precision in (None, choice.precision):
            return choice
    have = ", ".join(map(str, found)) or "none; install tritonqa[openvino] or tritonqa[onnxruntime]"
    asked = "/".join(filter(None, (engine, precision))) or "this reader"
    raise EngineError(f"no engine for {asked} here; this reader can run with: {have}")
