"""Measure an export with all formats, its time and peak memory; or, with a file, its answers on 1,000 asks.

    python benchmarks/export.py CHECKPOINT
    python benchmarks/export.py CHECKPOINT SQUAD_FILE

The peak is that of this process, which does all the work. SQUAD_FILE gives the asks that ONNX in
fp32 must answer as torch does and that INT8 is scored on.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from pathlib import Path

from record import record

from tritonqa.bundle import Manifest
from tritonqa.datasets import load_squad
from tritonqa.export import FORMATS, ExportOptions, export

ASKS = 1000


def figures(manifest: Manifest) -> dict[str, dict[str, float]]:
    """List what verification found, by file."""
    return {item.file: {**item.parity, **item.f1} for item in manifest.formats}


def sample(file: Path, target: Path) -> Path:
    """Write asks from all over a file."""
    examples = load_squad(file).examples
    rows = (
        {
            "id": e.id,
            "question": e.question,
            "context": e.context,
            "answers": [{"text": t} for t in e.answers],
        }
        for e in examples[:: max(1, len(examples) // ASKS)][:ASKS]
    )
    target.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return target


def main() -> None:
    """Measure, print, write dated JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("file", type=Path, nargs="?")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        if given.file is not None:
            asks = sample(given.file, folder / "asks.jsonl")
            options = ExportOptions(("onnx", "onnx-int8"), asks=asks, compared=ASKS)
            found = export(given.checkpoint, folder / "bundle", options)
            record("export-answers", {"asks": ASKS, "formats": figures(found.manifest)})
            return
        begun = time.perf_counter()
        found = export(given.checkpoint, folder / "bundle", ExportOptions(tuple(FORMATS)))
        seconds = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024  # kibibytes on Linux
    weights = sum(path.stat().st_size for path in given.checkpoint.glob("*.safetensors"))
    allowed = 4 * weights + 1e9
    record(
        "export",
        {
            "seconds": round(seconds, 1),
            "checkpoint_bytes": weights,
            "peak_bytes": peak,
            "peak_over_4_checkpoints_and_1_gb": round(peak / allowed, 3),
            "formats": figures(found.manifest),
        },
    )


if __name__ == "__main__":
    main()
