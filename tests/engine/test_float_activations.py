"""A statically quantised model with its activations left in float."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.support.engines import ENGINES
from tritonqa.engine import Choice, open_engine
from tritonqa.engine.backends.float_activations import float_activations
from tritonqa.errors import EngineError
from tritonqa.reader.choose import choose
from tritonqa.reader.find import PACKAGED, find_bundle
from tritonqa.reader.load import load_in_process
from tritonqa.text import Ask

onnx = pytest.importorskip("onnx", reason="needs tritonqa[export]")


def test_the_product_is_that_of_unrounded_activations_and_rounded_weights(tmp_path: Path) -> None:
    onnxruntime = pytest.importorskip("onnxruntime")
    random = np.random.default_rng(0)
    x, weights = random.normal(size=(5, 8)).astype(np.float32), random.integers(-127, 128, (8, 3), np.int8)
    file = quantised(tmp_path, weights, scale=0.02)
    plain = float_activations(file)
    assert [node.op_type for node in onnx.load_from_string(plain).graph.node] == [
        "DequantizeLinear",
        "MatMul",
        "Relu",
    ]
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.add_session_config_entry("session.disable_quant_qdq", "1")
    session = onnxruntime.InferenceSession(plain, options, providers=["CPUExecutionProvider"])
    exact = np.maximum(x @ (weights * np.float32(0.02)), 0)
    np.testing.assert_allclose(session.run(None, {"x": x})[0], exact, rtol=1e-5, atol=1e-6)


def test_a_model_without_quantised_activations_is_refused(tmp_path: Path) -> None:
    file = quantised(tmp_path, np.ones((8, 3), np.int8), scale=0.02)
    once = tmp_path / "once.onnx"
    once.write_bytes(float_activations(file))
    with pytest.raises(EngineError, match=r"once\.onnx quantises no activations; choose int8 instead"):
        float_activations(once)
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"\x3a\xff")
    with pytest.raises(EngineError, match=r"broken\.onnx is no ONNX file"):
        float_activations(broken)


@pytest.mark.skipif(len(ENGINES) < 2, reason="needs both tritonqa[openvino] and tritonqa[onnxruntime]")
def test_both_libraries_agree_on_the_packaged_reader() -> None:
    ask = Ask.of("How many models?", "The hub holds over 32+ pretrained models in 100+ languages. " * 4)
    file = choose(find_bundle(PACKAGED), None, "int8").file
    found = {}
    for name in ENGINES:
        reader = load_in_process(engine=name, precision="int8-weights")
        found[name] = reader.flow.engine.run(reader.prepare(ask).windows)[0]
        reader.close()
    rounded = open_engine(Choice("openvino", "int8", file))
    window = reader.prepare(ask).windows
    np.testing.assert_allclose(found["openvino"], found["onnx"], atol=1e-3)
    assert np.abs(rounded.run(window)[0] - found["onnx"]).max() > 0.01
    rounded.close()


def quantised(folder: Path, weights: np.ndarray, scale: float) -> Path:
    """Write x → quantised → product with quantised weights → relu, as NNCF writes them."""
    from onnx import TensorProto, helper, numpy_helper

    constants = {
        "scale": np.float32(0.05),
        "zero": np.uint8(128),
        "weights": weights,
        "step": np.full(weights.shape[1], scale, np.float32),
        "zeros": np.zeros(weights.shape[1], np.int8),
    }
    nodes = [
        helper.make_node("QuantizeLinear", ["x", "scale", "zero"], ["q"]),
        helper.make_node("DequantizeLinear", ["q", "scale", "zero"], ["back"]),
        helper.make_node("DequantizeLinear", ["weights", "step", "zeros"], ["w"], axis=1),
        helper.make_node("MatMul", ["back", "w"], ["product"]),
        helper.make_node("Relu", ["product"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes,
        "quantised",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, weights.shape[0]])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    file = folder / "quantised.onnx"
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, file)
    return file
