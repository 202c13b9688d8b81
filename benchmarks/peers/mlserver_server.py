"""MLServer with a runtime of its user's around transformers' pipeline."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from peers.serving import AT_ONCE, Posts, free_ports, started

__all__ = ["AT_ONCE", "load"]


@contextmanager
def load(checkpoint: Path, folder: Path) -> Iterator[Callable[[str, str], str]]:
    """Start it."""
    ports = dict(zip(("http_port", "grpc_port", "metrics_port"), free_ports(3), strict=True))
    model = {
        "name": "qa",
        "implementation": "mlserver_runtime.QuestionAnswering",
        "parameters": {"uri": str(checkpoint)},
    }
    (models := folder / "models" / "qa").mkdir(parents=True, exist_ok=True)
    (models.parent / "settings.json").write_text(json.dumps({"host": "127.0.0.1", **ports}), encoding="utf-8")
    (models / "model-settings.json").write_text(json.dumps(model), encoding="utf-8")
    command = [str(Path(sys.executable).with_name("mlserver")), "start", str(models.parent)]
    post, url = Posts(), f"http://127.0.0.1:{ports['http_port']}/v2/models/qa"

    def answer(question: str, context: str) -> str:
        fields = {"question": question, "context": context}
        inputs: list[dict[str, Any]] = [
            {
                "name": name,
                "datatype": "BYTES",
                "shape": [1],
                "data": [value],
                "parameters": {"content_type": "str"},
            }
            for name, value in fields.items()
        ]
        text: str = post(f"{url}/infer", {"inputs": inputs})["outputs"][0]["data"][0]
        return text

    here = {"PYTHONPATH": str(Path(__file__).parent)}
    with started(command, f"{url}/ready", folder, here):
        yield answer
