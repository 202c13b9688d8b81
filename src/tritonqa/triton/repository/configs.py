"""A bundle and what is wanted → the configurations of its models."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace

from tritonqa import __version__
from tritonqa.bundle import Bundle, Format
from tritonqa.engine import cpu
from tritonqa.engine.backends.remote import MODEL as ENCODER
from tritonqa.engine.base import OUTPUT_NAMES
from tritonqa.errors import BundleError
from tritonqa.protocol.contract import MODEL as READER
from tritonqa.protocol.contract import PROTOCOL
from tritonqa.protocol.joined import COUNTS
from tritonqa.spans import Decoding
from tritonqa.triton.repository.options import (
    ACCELERATORS,
    MODEL_FILES,
    RATE_LIMIT,
    SHARED,
    LogitsOptions,
    Models,
)
from tritonqa.triton.repository.schema import (
    Accelerator,
    Accelerators,
    DynamicBatching,
    InstanceGroup,
    Latest,
    ModelConfig,
    Optimization,
    Port,
    QueuePolicy,
    RateLimiter,
    Resource,
    VersionPolicy,
    Warmup,
    WarmupInput,
)


def reader_config(bundle: Bundle, models: Models) -> ModelConfig:
    """Describe the model reader: one process, whose flow does all batching and queueing."""
    return ModelConfig(
        name=READER,
        input=(
            Port("question", "TYPE_STRING", (-1,)),
            Port("passages", "TYPE_STRING", (-1,)),
            Port(COUNTS, "TYPE_INT32", (-1,), optional=True),
            Port("options", "TYPE_STRING", (1,), optional=True),
        ),
        output=(
            Port("answers", "TYPE_STRING", (-1,)),
            Port("text", "TYPE_STRING", (-1,)),
            Port("score", "TYPE_FP32", (-1,)),
            Port("start", "TYPE_INT32", (-1,)),
            Port("end", "TYPE_INT32", (-1,)),
            Port("passage", "TYPE_INT32", (-1,)),
            Port("no_answer", "TYPE_FP32", (-1,)),
            Port("calibrated", "TYPE_BOOL", (-1,)),
            Port("question_cut", "TYPE_BOOL", (-1,)),
        ),
        instance_group=(InstanceGroup(1, "KIND_CPU"),),
        version_policy=VersionPolicy(Latest(models.versions)),
        parameters={
            **bundle_parameters(bundle),
            **_engine(models),
            "decoding": _decoding(bundle),
            "calibration": _calibration(bundle),
            "cache": json.dumps(models.cache),
        },
    )


def encoder_config(bundle: Bundle, models: Models, encoding: LogitsOptions) -> ModelConfig:
    """Describe the model encoder, batched by Triton.

    Ours keeps the limits itself: under a queue policy Triton 2.51 lets requests wait for half a second.
    """
    number = "TYPE_INT32" if encoding.backend == "tensorrt" else "TYPE_INT64"
    ours = encoding.backend == "python"
    policy = QueuePolicy(int(models.limits.seconds * 1e6), models.limits.waiting)
    config = ModelConfig(
        name=ENCODER,
        backend=encoding.backend,
        input=tuple(Port(name, number, (-1,), allow_ragged_batch=ours) for name in bundle.manifest.inputs),
        output=_outputs(encoding.backend),
        max_batch_size=encoding.max_batch_size,
        instance_group=(_instances(encoding),),
        dynamic_batching=DynamicBatching(
            max_queue_delay_microseconds=encoding.delay, default_queue_policy=None if ours else policy
        ),
        version_policy=VersionPolicy(Latest(models.versions)),
        parameters={**bundle_parameters(bundle), **_limited(encoding)},
    )
    if ours:
        return replace(config, parameters={**config.parameters, **_engine(models)})
    lengths = [length for length in models.warmup if length <= bundle.manifest.windowing.max_length]
    return replace(
        config,
        default_model_filename=MODEL_FILES[encoding.backend][1],
        optimization=_optimization(encoding),
        model_warmup=tuple(_warmup(config, number, length) for length in lengths),
        parameters={**config.parameters, **_threads(encoding)},
    )


def model_file(bundle: Bundle, backend: str, precision: str | None) -> Format:
    """Pick the bundle's file for a backend; raises BundleError with the format to export."""
    kind = MODEL_FILES[backend][0]
    for item in bundle.manifest.formats:
        if item.kind == kind and precision in (None, item.precision):
            return item
    wanted = f"{kind} in {precision}" if precision else kind
    raise BundleError(f"backend {backend} needs {wanted}, which this bundle lacks; export it first")


def updated_parameters(parameters: Mapping[str, str], bundle: Bundle) -> dict[str, str]:
    """Return a model's parameters as they are where this bundle is its newest version."""
    found = {**bundle_parameters(bundle), "decoding": _decoding(bundle), "calibration": _calibration(bundle)}
    return {name: found.get(name, value) for name, value in parameters.items()}


def bundle_parameters(bundle: Bundle) -> dict[str, str]:
    """Say whose a model is, and what it runs."""
    return {
        "tritonqa": PROTOCOL,
        "tritonqa_version": __version__,
        "bundle": str(bundle.manifest),
    }


def _decoding(bundle: Bundle) -> str:
    return json.dumps(asdict(Decoding(max_answer_tokens=bundle.manifest.max_answer_tokens)))


def _calibration(bundle: Bundle) -> str:
    found = bundle.manifest.calibration
    return json.dumps(found and asdict(found))


def _limited(encoding: LogitsOptions) -> dict[str, str]:
    """Keep what the rate limiter may hand out: Triton takes it on its command line alone."""
    return {RATE_LIMIT: str(encoding.rate_limit)} if encoding.rate_limit else {}


def _engine(models: Models) -> dict[str, str]:
    """Say what the models of the python backend run, which lengths first, and what they take."""
    wanted = {"engine": models.engine, "precision": models.precision}
    found = {name: value for name, value in wanted.items() if value is not None}
    return {**found, "warmup": json.dumps(models.warmup), "limits": json.dumps(asdict(models.limits))}


def _outputs(backend: str) -> tuple[Port, ...]:
    """Name the logits; TorchScript's outputs have no names, so their place is written behind."""
    names = [f"{name}__{i}" for i, name in enumerate(OUTPUT_NAMES)] if backend == "pytorch" else OUTPUT_NAMES
    return tuple(Port(name, "TYPE_FP32", (-1,)) for name in names)


def _instances(encoding: LogitsOptions) -> InstanceGroup:
    limiter = RateLimiter((Resource(SHARED, 1),)) if encoding.rate_limit else None
    if encoding.backend == "tensorrt" or ACCELERATORS.get(encoding.accelerator or "") == "gpu":
        kind = "KIND_GPU"
    else:
        kind = "" if encoding.backend == "pytorch" else "KIND_CPU"
    return InstanceGroup(encoding.instances, kind, rate_limiter=limiter)


def _optimization(encoding: LogitsOptions) -> Optimization | None:
    if encoding.accelerator == "tensorrt":
        found = Accelerator("tensorrt", {"precision_mode": "FP16", "trt_engine_cache_enable": "true"})
        return Optimization(Accelerators(gpu_execution_accelerator=(found,)))
    if encoding.accelerator == "openvino":
        return Optimization(Accelerators(cpu_execution_accelerator=(Accelerator("openvino"),)))
    return None


def _threads(encoding: LogitsOptions) -> dict[str, str]:
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
