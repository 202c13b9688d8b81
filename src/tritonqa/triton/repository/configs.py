"""A bundle and what is wanted → the configurations of its models."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace

from tritonqa import __version__
from tritonqa.bundle import Bundle, Format
from tritonqa.engine import cpu
from tritonqa.engine.answer_types import ANSWER_TYPE_OUTPUT, ANSWER_TYPES
from tritonqa.engine.base import OUTPUT_NAMES
from tritonqa.errors import BundleError
from tritonqa.protocol import contract, parameters
from tritonqa.protocol.contract import LOGITS, PASSAGE_COUNTS, PROTOCOL, READER
from tritonqa.spans import Decoding
from tritonqa.triton.repository.options import (
    ACCELERATORS,
    MODEL_FILES,
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
            Port(contract.QUESTION, "TYPE_STRING", (-1,)),
            Port(contract.PASSAGES, "TYPE_STRING", (-1,)),
            Port(PASSAGE_COUNTS, "TYPE_INT32", (-1,), optional=True),
            Port(contract.OPTIONS, "TYPE_STRING", (1,), optional=True),
        ),
        output=(
            Port(contract.ANSWERS, "TYPE_STRING", (-1,)),
            Port(contract.TEXT, "TYPE_STRING", (-1,)),
            Port(contract.SCORE, "TYPE_FP32", (-1,)),
            Port(contract.START, "TYPE_INT32", (-1,)),
            Port(contract.END, "TYPE_INT32", (-1,)),
            Port(contract.PASSAGE, "TYPE_INT32", (-1,)),
            Port(contract.NO_ANSWER, "TYPE_FP32", (-1,)),
            Port(contract.CALIBRATED, "TYPE_BOOL", (-1,)),
            Port(contract.QUESTION_CUT, "TYPE_BOOL", (-1,)),
        ),
        instance_group=(InstanceGroup(1, "KIND_CPU"),),
        version_policy=VersionPolicy(Latest(models.versions)),
        parameters={
            **bundle_parameters(bundle),
            **_engine_parameters(models),
            parameters.DECODING: _decoding(bundle),
            parameters.CALIBRATION: _calibration(bundle),
            parameters.CACHE: json.dumps(models.cache),
        },
    )


def logits_config(bundle: Bundle, models: Models, options: LogitsOptions) -> ModelConfig:
    """Describe the model logits, batched by Triton.

    Ours keeps the limits itself: under a queue policy Triton 2.51 lets requests wait for half a second.
    """
    number = "TYPE_INT32" if options.backend == "tensorrt" else "TYPE_INT64"
    ours = options.backend == "python"
    policy = QueuePolicy(int(models.limits.seconds * 1e6), models.limits.waiting)
    config = ModelConfig(
        name=LOGITS,
        backend=options.backend,
        input=tuple(Port(name, number, (-1,), allow_ragged_batch=ours) for name in bundle.manifest.inputs),
        output=_outputs(options.backend, bundle.manifest.answer_types),
        max_batch_size=options.max_batch_size,
        instance_group=(_instances(options),),
        dynamic_batching=DynamicBatching(
            max_queue_delay_microseconds=options.delay, default_queue_policy=None if ours else policy
        ),
        version_policy=VersionPolicy(Latest(models.versions)),
        parameters={**bundle_parameters(bundle), **_rate_limit(options)},
    )
    if ours:
        return replace(config, parameters={**config.parameters, **_engine_parameters(models)})
    lengths = [length for length in models.warmup if length <= bundle.manifest.windowing.max_length]
    return replace(
        config,
        default_model_filename=MODEL_FILES[options.backend][1],
        optimization=_optimization(options),
        model_warmup=tuple(_warmup(config, number, length) for length in lengths),
        parameters={**config.parameters, **_threads(options)},
    )


def model_file(bundle: Bundle, backend: str, precision: str | None) -> Format:
    """Pick the bundle's file for a backend; raises BundleError with the format to export."""
    kind = MODEL_FILES[backend][0]
    for item in bundle.manifest.formats:
        if item.kind == kind and precision in (None, item.precision):
            return item
    wanted = f"{kind} in {precision}" if precision else kind
    raise BundleError(f"backend {backend} needs {wanted}, which this bundle lacks; export it first")


def updated_parameters(known: Mapping[str, str], bundle: Bundle) -> dict[str, str]:
    """Return a model's parameters as they are where this bundle is its newest version."""
    found = {
        **bundle_parameters(bundle),
        parameters.DECODING: _decoding(bundle),
        parameters.CALIBRATION: _calibration(bundle),
    }
    return {name: found.get(name, value) for name, value in known.items()}


def bundle_parameters(bundle: Bundle) -> dict[str, str]:
    """Say whose a model is, and what it runs."""
    return {
        parameters.TRITONQA: PROTOCOL,
        parameters.VERSION: __version__,
        parameters.BUNDLE: str(bundle.manifest),
        parameters.FINGERPRINT: bundle.fingerprint(),
    }


def _decoding(bundle: Bundle) -> str:
    return json.dumps(asdict(Decoding(max_answer_tokens=bundle.manifest.max_answer_tokens)))


def _calibration(bundle: Bundle) -> str:
    found = bundle.manifest.calibration
    return json.dumps(found and asdict(found))


def _rate_limit(options: LogitsOptions) -> dict[str, str]:
    """Keep what the rate limiter may hand out: Triton takes it on its command line alone."""
    return {parameters.RATE_LIMIT: str(options.rate_limit)} if options.rate_limit else {}


def _engine_parameters(models: Models) -> dict[str, str]:
    """Say what the models of the python backend run, which lengths first, and what they take."""
    wanted = {parameters.ENGINE: models.engine, parameters.PRECISION: models.precision}
    found = {name: value for name, value in wanted.items() if value is not None}
    return {
        **found,
        parameters.WARMUP: json.dumps(models.warmup),
        parameters.LIMITS: json.dumps(asdict(models.limits)),
    }


def _outputs(backend: str, answer_types: bool) -> tuple[Port, ...]:
    """Name the logits; TorchScript's outputs have no names, so their place is written behind."""
    shapes = dict.fromkeys(OUTPUT_NAMES, -1)
    if answer_types:
        shapes[ANSWER_TYPE_OUTPUT] = len(ANSWER_TYPES)
    place = "__{}" if backend == "pytorch" else ""
    return tuple(
        Port(name + place.format(i), "TYPE_FP32", (size,)) for i, (name, size) in enumerate(shapes.items())
    )


def _instances(options: LogitsOptions) -> InstanceGroup:
    limiter = RateLimiter((Resource(LOGITS, 1),)) if options.rate_limit else None
    if options.backend == "tensorrt" or ACCELERATORS.get(options.accelerator or "") == "gpu":
        kind = "KIND_GPU"
    else:
        kind = "" if options.backend == "pytorch" else "KIND_CPU"
    return InstanceGroup(options.instances, kind, rate_limiter=limiter)


def _optimization(options: LogitsOptions) -> Optimization | None:
    if options.accelerator == "tensorrt":
        found = Accelerator("tensorrt", {"precision_mode": "FP16", "trt_engine_cache_enable": "true"})
        return Optimization(Accelerators(gpu_execution_accelerator=(found,)))
    if options.accelerator == "openvino":
        return Optimization(Accelerators(cpu_execution_accelerator=(Accelerator("openvino"),)))
    return None


def _threads(options: LogitsOptions) -> dict[str, str]:
    """Give each CPU instance its share of this machine's cores."""
    share = str(max(1, cpu.cores() // options.instances))
    if options.backend == "onnxruntime" and options.accelerator is None:
        return {"intra_op_thread_count": share, "inter_op_thread_count": "1"}
    if options.backend == "openvino":
        return {"NUM_STREAMS": str(options.instances), "INFERENCE_NUM_THREADS": str(cpu.cores())}
    return {}


def _warmup(config: ModelConfig, number: str, length: int) -> Warmup:
    inputs = {port.name: WarmupInput(number, (length,)) for port in config.input}
    return Warmup(f"{length} tokens", inputs, batch_size=1)
