"""The engines that this machine can run, and how far each precision may be from fp32."""

from importlib.util import find_spec

ENGINES = [
    name for name, library in (("openvino", "openvino"), ("onnx", "onnxruntime")) if find_spec(library)
]
# Of logits, the largest of which are near 8; INT8 kernels round differently on every CPU.
TOLERANCE = {"fp32": 1e-3, "fp16": 0.1, "bf16": 0.5, "int8-weights": 1.5, "int8": 2.5, "int8-bf16": 2.5}
