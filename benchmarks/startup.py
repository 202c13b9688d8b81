"""Measure import and cold start: python benchmarks/startup.py [--rounds N]."""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time

from cold import starts
from record import record

HEAVY = ("openvino", "onnxruntime", "torch", "numpy", "tokenizers")
ASK = "from tritonqa.cli.main import main; main()"
PASSAGE = "Ada wrote the first program."


def seconds(code: str, *arguments: str) -> float:
    """Time a fresh interpreter."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", code, *arguments], check=True, capture_output=True)
    return time.perf_counter() - begun


def main() -> None:
    """Measure, print, write dated JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = range(parser.parse_args().rounds)
    bare = [seconds("pass") for _ in rounds]
    imported = [seconds("import tritonqa") for _ in rounds]
    asked = starts([sys.executable, "-c", ASK, "ask", "Who wrote it?", "-c", PASSAGE], len(rounds))
    code = f"import sys, tritonqa; print([name for name in {HEAVY} if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    record(
        "startup",
        {
            "interpreter_seconds": statistics.median(bare),
            "import_tritonqa_seconds": statistics.median(imported) - statistics.median(bare),
            "heavy_modules_after_import": loaded.stdout.strip(),
            "ask_from_cold": asked,
        },
    )


if __name__ == "__main__":
    main()
