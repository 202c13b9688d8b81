"""ONNX fp32 → ONNX INT8: static with ranges from real asks, or dynamic."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from tritonqa.engine.base import padded
from tritonqa.errors import MissingExtra
from tritonqa.export.options import ONE_FILE, Quantisation
from tritonqa.export.save import load_graph, save_graph
from tritonqa.features import Prepared

_NNCF, _ONNXRUNTIME = "nncf", "onnxruntime"


def quantise_static(
    source: Path, file: Path, prepared: Sequence[Prepared], inputs: Sequence[str], options: Quantisation
) -> None:
    """Write static INT8 (NNCF, SmoothQuant): OpenVINO and onnxruntime both run it. Raises MissingExtra."""
    try:
        import nncf
    except ImportError as error:
        raise MissingExtra(_NNCF, "export") from error
    rows: list[dict[str, np.ndarray]] = []
    for item in prepared:
        known = padded(item.windows[0])
        rows.append({name: known[name] for name in inputs})
    preset = nncf.QuantizationPreset.MIXED if options.mixed else nncf.QuantizationPreset.PERFORMANCE
    smooth = nncf.AdvancedSmoothQuantParameters(matmul=options.smooth)
    with _quiet():
        quantised = nncf.quantize(
            load_graph(source),
            nncf.Dataset(rows),
            model_type=nncf.ModelType.TRANSFORMER,
            preset=preset,
            subset_size=len(rows),
            advanced_parameters=nncf.AdvancedQuantizationParameters(smooth_quant_alphas=smooth),
        )
    save_graph(quantised, file, ONE_FILE)


def quantise_dynamic(source: Path, file: Path) -> None:
    """Write dynamic INT8 (onnxruntime): weights in INT8, ranges of activations taken at each run.

    Raises MissingExtra.
    """
    try:
        from onnxruntime.quantization import QuantType, quantize_dynamic
    except ImportError as error:
        raise MissingExtra(_ONNXRUNTIME, "export") from error
    with _quiet():
        large = sum(path.stat().st_size for path in source.parent.glob(f"{source.name}*")) > ONE_FILE
        quantize_dynamic(source, file, weight_type=QuantType.QInt8, use_external_data_format=large)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the libraries' own bars and advice away."""
    os_level = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(os_level)
