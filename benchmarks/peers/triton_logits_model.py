"""A model of Triton's python backend that runs an ONNX graph, batch by batch as Triton made them."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

# The python backend that pip brings was built for numpy 1.26, which must be found before any other.
sys.path[:0] = filter(None, [os.environ.get("TRITONQA_STUB_PATH")])

import numpy as np  # noqa: E402
import onnxruntime  # noqa: E402
import triton_python_backend_utils as pb_utils  # noqa: E402

INPUTS = ("input_ids", "token_type_ids", "attention_mask")
OUTPUTS = ("output_0", "output_1")


class TritonPythonModel:
    """What Triton's python backend calls."""

    def initialize(self, args: dict[str, str]) -> None:
        """Load the graph."""
        file = Path(args["model_repository"]) / args["model_version"] / "model.onnx"
        self.session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])

    def execute(self, requests: list[Any]) -> list[Any]:
        """Run a batch: Triton puts requests of one shape together."""
        rows = [
            {name: pb_utils.get_input_tensor_by_name(request, name).as_numpy() for name in INPUTS}
            for request in requests
        ]
        batch = {name: np.concatenate([row[name] for row in rows]) for name in INPUTS}
        found = self.session.run(OUTPUTS, batch)
        return [
            pb_utils.InferenceResponse(
                [pb_utils.Tensor(name, part[at : at + 1]) for name, part in zip(OUTPUTS, found, strict=True)]
            )
            for at in range(len(requests))
        ]
