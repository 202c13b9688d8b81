"""The engines that this machine can run."""

from importlib.util import find_spec

ENGINES = [
    name for name, library in (("openvino", "openvino"), ("onnx", "onnxruntime")) if find_spec(library)
]
