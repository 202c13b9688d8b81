from __future__ import annotations

import json

import pytest

from tritonqa.triton.server.logs import read


def test_a_line_is_read() -> None:
    entry = read('I1124 08:22:59.234813 11045 http_server.cc:4713] "Started HTTPService at 127.0.0.1:80"')
    assert entry is not None and entry.level == "info" and entry.source == "http_server.cc:4713"
    assert entry.as_text() == "08:22:59 info    Started HTTPService at 127.0.0.1:80"
    assert json.loads(entry.as_json())["message"] == "Started HTTPService at 127.0.0.1:80"


@pytest.mark.parametrize(
    "line",
    [
        "",
        "+----+",
        "| reader | 1 |",
        "I1124 08:22:59.234813 11045 server.cc:604]",
        'E1124 08:21:39.825953 10399 server.cc:241] "CudaDriverHelper has not been initialized."',
        'W1124 08:21:40.887685 10399 metrics.cc:798] "DCGM unable to start: DCGM initialization error"',
        "Error: Failed to initialize NVML",
    ],
)
def test_noise_is_left_out(line: str) -> None:
    assert read(line) is None


@pytest.mark.parametrize(
    "line",
    [
        "E1124 08:21:39.825953 10399 server.cc:654] \"failed to load 'logits': CUDA out of memory\"",
        'W1124 08:21:39.825953 10399 model.py:12] "no GPU is used"',
        "ValueError: GPU",
    ],
)
def test_what_went_wrong_is_no_noise(line: str) -> None:
    assert read(line) is not None
