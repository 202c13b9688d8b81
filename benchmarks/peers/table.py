"""The peers by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Listed:
    """A peer: its title, and the files beside its own that its user writes."""

    title: str
    more: tuple[str, ...] = ()


PEERS: Mapping[str, Listed] = {
    "transformers_pipeline": Listed("transformers 4.57.6, pipeline"),
    "haystack_reader": Listed("Haystack, TransformersExtractiveReader"),
    "txtai_questions": Listed("txtai 9.14, Questions"),
    "torchserve_server": Listed("TorchServe 0.12", ("torchserve_handler.py",)),
    "litserve_server": Listed("LitServe 0.2.19"),
    "mlserver_server": Listed("MLServer 1.7.1", ("mlserver_runtime.py",)),
    "triton_logits": Listed("Triton, tokens and logits in the client", ("triton_logits_model.py",)),
    "tritonqa_process": Listed("tritonqa, in process"),
    "tritonqa_triton": Listed("tritonqa, on Triton"),
}


def lines_of_code(name: str) -> int:
    """Count the lines that the peer's user writes, less blank ones, comments and docstrings."""
    return sum(
        _lines((HERE / file).read_text(encoding="utf-8")) for file in (f"{name}.py", *PEERS[name].more)
    )


def _lines(text: str) -> int:
    code, quoted = 0, False
    for line in map(str.strip, text.splitlines()):
        quotes = line.count('"""')
        code += bool(line) and not (quoted or quotes or line.startswith("#"))
        quoted ^= quotes == 1
    return code
