"""Compile the bundle's checkpoint with Torch-TensorRT (dynamo): a model.<length>.pt2 for each bucket."""

from pathlib import Path

import torch
import torch_tensorrt
from transformers import AutoModelForQuestionAnswering

SETTINGS = "SETTINGS"
HERE = Path(__file__).parent


class Logits(torch.nn.Module):
    """Start and end logits alone, of inputs in order."""

    def __init__(self):
        super().__init__()
        self.model = AutoModelForQuestionAnswering.from_pretrained(
            HERE.parent, use_safetensors=True, local_files_only=True, trust_remote_code=False
        )

    def forward(self, *inputs):
        out = self.model(**dict(zip(SETTINGS["inputs"], inputs)))
        return out.start_logits, out.end_logits


module = Logits().eval().cuda()
for lengths in SETTINGS["buckets"]:
    low, usual, high = [(batch, length) for batch, length in zip(SETTINGS["batches"], lengths)]
    inputs = [
        torch_tensorrt.Input(min_shape=low, opt_shape=usual, max_shape=high, dtype=torch.int64)
        for _ in SETTINGS["inputs"]
    ]
    compiled = torch_tensorrt.compile(module, ir="dynamo", inputs=inputs, enabled_precisions={torch.float16})
    torch_tensorrt.save(compiled, str(HERE / f"model.{lengths[2]}.pt2"), inputs=inputs)
