"""A bundle and what is wanted → the configurations of its models."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace

from tritonqa import __version__
from tritonqa.bundle import Bundle, Format
from tritonqa.engine import cpu
from tritonqa.engine.triton import MODEL as ENCODER
from tritonqa.engine.triton import OUTPUTS
from tritonqa.errors import BundleError, InputError
from tritonqa.reader.remote import MODEL as READER
from tritonqa.reader.remote import PROTOCOL
from tritonqa.spans import Decoding
from tritonqa.triton.config import (
    Accelerator,
    Accelerators,
    DynamicBatching,
    InstanceGroup,
    Latest,
    ModelConfig,
    Optimization,
    Port,
    QueuePolicy,
    ResponseCache,
    VersionPolicy,
    Warmup,
    WarmupInput,
)
from tritonqa.triton.options import Limits

MODEL_FILES = {
    "onnxruntime": ("onnx", "model.onnx"),
    "openvino": ("onnx", "model.onnx"),
    "pytorch": ("torchscript", "model.pt"),
    "tensorrt": ("tensorrt", "model.plan"),
}
ACCELERATORS = {"tensorrt": "gpu", "cuda": "gpu", "openvino": "cpu"}


@dataclass(frozen=True, slots=True)
class Encoding:
    """How the model encoder runs.

    backend python is our own engine, in both runtimes; the others are the official container's. accelerator
    is onnxruntime's: cuda, tensorrt or openvino. precision picks the file where the bundle holds several.
    delay (microseconds) is how long Triton waits to fill a batch, waiting how many requests may queue, and
    seconds how long; warmup are lengths in tokens that are run before the model is ready.
    """

    backend: str = "python"
    accelerator: str | None = None
    precision: str | None = None
    instances: int = 1
    max_batch_size: int = 16
    delay: int = 0
    waiting: int = 256
    seconds: float = 30.0
    warmup: tuple[int, ...] = (32, 64, 128, 256)

    def __post_init__(self) -> None:
        """Raise InputError for what does not go together, by name."""
        if self.backend not in ("python", *MODEL_FILES):
            raise InputError(f"backend {self.backend!r} is unknown; choose python, {', '.join(MODEL_FILES)}")
        if self.accelerator is not None and self.accelerator not in ACCELERATORS:
            raise InputError(f"accelerator {self.accelerator!r} is unknown; choose {', '.join(ACCELERATORS)}")
        if self.accelerator is not None and self.backend != "onnxruntime":
            raise InputError("accelerator goes with backend onnxruntime only")


def reader_config(bundle: Bundle, limits: Limits, *, cache: bool = False) -> ModelConfig:
    """Describe the model reader: one process, whose flow does all batching and queueing."""
    decoding = Decoding(max_answer_tokens=bundle.manifest.max_answer_tokens)
    return ModelConfig(
        name=READER,
        input=(
            Port("question", "TYPE_STRING", (1,)),
            Port("passages", "TYPE_STRING", (-1,)),
            Port("options", "TYPE_STRING", (1,), optional=True),
        ),
        output=(
            Port("answers", "TYPE_STRING", (1,)),
            Port("text", "TYPE_STRING", (-1,)),
            Port("score", "TYPE_FP32", (-1,)),
            Port("start", "TYPE_INT32", (-1,)),
            Port("end", "TYPE_INT32", (-1,)),
            Port("passage", "TYPE_INT32", (-1,)),
            Port("no_answer", "TYPE_FP32", (1,)),
            Port("calibrated", "TYPE_BOOL", (1,)),
            Port("question_cut", "TYPE_BOOL", (1,)),
        ),
        instance_group=(InstanceGroup(1, "KIND_CPU"),),
        version_policy=VersionPolicy(Latest(1)),
        response_cache=ResponseCache(True) if cache else None,
        parameters=_parameters(bundle)
        | {"decoding": json.dumps(asdict(decoding)), "limits": json.dumps(asdict(limits))},
    )


def encoder_config(bundle: Bundle, encoding: Encoding) -> ModelConfig:
    """Describe the model encoder, batched by Triton."""
    number = "TYPE_INT32" if encoding.backend == "tensorrt" else "TYPE_INT64"
    ragged = encoding.backend == "python"
    config = ModelConfig(
        name=ENCODER,
        backend=encoding.backend,
        input=tuple(Port(name, number, (-1,), allow_ragged_batch=ragged) for name in bundle.manifest.inputs),
        output=_outputs(encoding.backend),
        max_batch_size=encoding.max_batch_size,
        instance_group=(_instances(encoding),),
        dynamic_batching=DynamicBatching(
            max_queue_delay_microseconds=encoding.delay,
            default_queue_policy=QueuePolicy(int(encoding.seconds * 1e6), encoding.waiting),
        ),
        version_policy=VersionPolicy(Latest(1)),
        parameters=_parameters(bundle),
    )
    if encoding.backend == "python":
        return config
    lengths = [length for length in encoding.warmup if length <= bundle.manifest.windowing.max_length]
    return replace(
        config,
        default_model_filename=MODEL_FILES[encoding.backend][1],
        optimization=_optimization(encoding),
        model_warmup=tuple(_warmup(config, number, length) for length in lengths),
        parameters={**config.parameters, **_threads(encoding)},
    )


def model_file(bundle: Bundle, encoding: Encoding) -> Format:
    """Pick the bundle's file for a backend; raises BundleError with the format to export."""
    kind = MODEL_FILES[encoding.backend][0]
    for item in bundle.manifest.formats:
        if item.kind == kind and encoding.precision in (None, item.precision):
            return item
    wanted = f"{kind} in {encoding.precision}" if encoding.precision else kind
    raise BundleError(f"backend {encoding.backend} needs {wanted}, which this bundle lacks; export it first")


def _parameters(bundle: Bundle) -> dict[str, str]:
    return {
        "tritonqa": PROTOCOL,
        "tritonqa_version": __version__,
        "bundle": f"{bundle.manifest.name} {bundle.manifest.version}",
    }


def _outputs(backend: str) -> tuple[Port, ...]:
    """Name the logits; TorchScript's outputs have no names, so their place is written behind."""
    names = [f"{name}__{i}" for i, name in enumerate(OUTPUTS)] if backend == "pytorch" else OUTPUTS
    return tuple(Port(name, "TYPE_FP32", (-1,)) for name in names)


def _instances(encoding: Encoding) -> InstanceGroup:
    if encoding.backend == "tensorrt" or ACCELERATORS.get(encoding.accelerator or "") == "gpu":
        return InstanceGroup(encoding.instances, "KIND_GPU")
    kind = "" if encoding.backend == "pytorch" else "KIND_CPU"
    return InstanceGroup(encoding.instances, kind)


def _optimization(encoding: Encoding) -> Optimization | None:
    if encoding.accelerator == "tensorrt":
        found = Accelerator("tensorrt", {"precision_mode": "FP16", "trt_engine_cache_enable": "true"})
        return Optimization(Accelerators(gpu_execution_accelerator=(found,)))
    if encoding.accelerator == "openvino":
        return Optimization(Accelerators(cpu_execution_accelerator=(Accelerator("openvino"),)))
    return None


def _threads(encoding: Encoding) -> dict[str, str]:
    """Give each CPU instance its share of this machine's cores."""
    share = str(max(1, cpu.cores() // encoding.instances))
    if encoding.backend == "onnxruntime" and encoding.accelerator is None:
        return {"intra_op_thread_count": share, "inter_op_thread_count": "1"}
    if encoding.backend == "openvino":
        return {"NUM_STREAMS": str(encoding.instances), "INFERENCE_NUM_THREADS": str(cpu.cores())}
    return {}


def _warmup(config: ModelConfig, number: str, length: int) -> Warmup:
    inputs = {port.name: WarmupInput(number, (length,)) for port in config.input}
    return Warmup(f"{length} tokens", inputs, batch_size=1)
