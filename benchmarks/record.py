"""Write what was measured, with date and machine, into results/."""

from __future__ import annotations

import json
import statistics
from datetime import date
from pathlib import Path
from typing import Any

from tritonqa.engine import cpu

RESULTS = Path(__file__).parent / "results"


def spread(values: list[float]) -> dict[str, float]:
    """Return the median and the range."""
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def record(name: str, values: dict[str, Any]) -> None:
    """Print the values and write them to results/NAME-DATE.json."""
    today = date.today().isoformat()
    text = json.dumps({"date": today, "machine": cpu.model(), **values}, indent=2)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}-{today}.json").write_text(text + "\n", encoding="utf-8")
    print(text)
