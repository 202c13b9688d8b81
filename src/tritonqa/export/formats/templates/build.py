"""Build model.plan with TensorRT's Python API: one optimisation profile a bucket of lengths, fp16 allowed."""

from pathlib import Path

import tensorrt as trt

SETTINGS = "SETTINGS"
HERE = Path(__file__).parent

logger = trt.Logger(trt.Logger.WARNING)
builder = trt.Builder(logger)
network = builder.create_network(0)
parser = trt.OnnxParser(network, logger)
if not parser.parse_from_file(str((HERE / SETTINGS["onnx"]).resolve())):
    raise SystemExit("\n".join(str(parser.get_error(i)) for i in range(parser.num_errors)))
config = builder.create_builder_config()
if hasattr(trt.BuilderFlag, "FP16"):
    config.set_flag(trt.BuilderFlag.FP16)
for lengths in SETTINGS["buckets"]:
    profile = builder.create_optimization_profile()
    for name in SETTINGS["inputs"]:
        profile.set_shape(name, *zip(SETTINGS["batches"], lengths))
    config.add_optimization_profile(profile)
plan = builder.build_serialized_network(network, config)
if plan is None:
    raise SystemExit("TensorRT built no plan; its log above says why")
(HERE / "model.plan").write_bytes(plan)
