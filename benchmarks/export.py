"""Measure an export with all CPU formats: time, peak memory, F1 of INT8; and fp32 ONNX on 1,000 asks.

    python benchmarks/export.py CHECKPOINT SQUAD_FILE

SQUAD_FILE gives the 1,000 asks that fp32 must answer as torch does, and is given whole to INT8 for its F1.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from datetime import date
from pathlib import Path

from tritonqa.engine import cpu
from tritonqa.export import FORMATS, ExportOptions, export

RESULTS = Path(__file__).parent / "results"


def main() -> None:
    """Measure, print, write dated JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("file", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        found = export(options.checkpoint, Path(folder) / "all", ExportOptions(tuple(FORMATS)))
        seconds = time.perf_counter() - begun
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024  # kibibytes on Linux
        wide = ExportOptions(("onnx", "onnx-int8"), asks=options.file, compared=1000)
        many = export(options.checkpoint, Path(folder) / "many", wide)
    weights = sum(path.stat().st_size for path in options.checkpoint.glob("*.safetensors"))
    record = {
        "date": date.today().isoformat(),
        "machine": cpu.model(),
        "checkpoint_bytes": weights,
        "all_formats_seconds": round(seconds, 1),
        "all_formats_peak_bytes": peak,
        "peak_over_4_checkpoints_and_1_gb": round(peak / (4 * weights + 1e9), 3),
        "formats": {item.file: {**item.parity, **item.f1} for item in found.manifest.formats},
        "on_the_file": {item.file: {**item.parity, **item.f1} for item in many.manifest.formats},
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"export-{record['date']}.json").write_text(json.dumps(record, indent=2) + "\n")
    print(json.dumps(record, indent=2))


if __name__ == "__main__":
    main()
