"""ONNX fp32 → ONNX INT8: static with ranges from real asks, or dynamic."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

import numpy as np
import rich

from tritonqa.errors import MissingExtra
from tritonqa.export.formats.onnx_file import save_graph, weights_apart
from tritonqa.export.options import ONE_FILE, Quantisation

Row: TypeAlias = dict[str, np.ndarray]

_NNCF, _ONNXRUNTIME = "nncf", "onnxruntime"


def quantise_static(
    source: Path, file: Path, rows: Sequence[Row], options: Quantisation, one_file: int
) -> None:
    """Write static INT8 (NNCF, SmoothQuant): OpenVINO and onnxruntime both run it. Raises MissingExtra.

    rows are a model's inputs [1, length] by name; weights of more than one_file bytes go to a second file.
    NNCF copies the graph many times over: here without its weights, which are in a file beside it.
    """
    try:
        import nncf
        from nncf.onnx.quantization.backend_parameters import BackendParameters
    except ImportError as error:
        raise MissingExtra(_NNCF, "export") from error
    preset = nncf.QuantizationPreset.MIXED if options.mixed else nncf.QuantizationPreset.PERFORMANCE
    with _quiet(), TemporaryDirectory(dir=file.parent.resolve()) as apart:
        graph = weights_apart(source, Path(apart))
        kept = nncf.IgnoredScope(names=[] if options.attention else _attention(graph))
        quantised = nncf.quantize(
            graph,
            nncf.Dataset(list(rows)),
            model_type=nncf.ModelType.TRANSFORMER,
            preset=preset,
            subset_size=len(rows),
            ignored_scope=kept,
            advanced_parameters=nncf.AdvancedQuantizationParameters(
                smooth_quant_alphas=nncf.AdvancedSmoothQuantParameters(matmul=options.smooth),
                backend_params={BackendParameters.EXTERNAL_DATA_DIR: apart},
            ),
        )
        save_graph(quantised, file, one_file)


def _attention(model: Any) -> list[str]:
    """Name the products of two activations: queries by keys, and attention by values."""
    constant, found = {"", *(tensor.name for tensor in model.graph.initializer)}, []
    for node in model.graph.node:
        if constant.issuperset(node.input):
            constant.update(node.output)
        elif node.op_type == "MatMul" and constant.isdisjoint(node.input):
            found.append(node.name)
    return found


def quantise_dynamic(source: Path, file: Path) -> None:
    """Write dynamic INT8 (onnxruntime): weights in INT8 by column, ranges of activations taken at each run.

    Raises MissingExtra.
    """
    try:
        from onnxruntime.quantization import QuantType, quantize_dynamic
    except ImportError as error:
        raise MissingExtra(_ONNXRUNTIME, "export") from error
    with _quiet():
        large = sum(path.stat().st_size for path in source.parent.glob(f"{source.name}*")) > ONE_FILE
        quantize_dynamic(
            source, file, per_channel=True, weight_type=QuantType.QInt8, use_external_data_format=large
        )


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the libraries' own bars, on rich's console, and advice away."""
    level, console = logging.root.manager.disable, rich.get_console()
    hidden, console.quiet = console.quiet, True
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(level)
        console.quiet = hidden
