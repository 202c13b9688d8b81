"""Tables of asks as people have them, and what a bulk run wrote."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import Any

Rows = list[dict[str, Any]]


def asked(count: int) -> Rows:
    return [
        {
            "id": i,
            "question": f"Who wrote book {i}?",
            "passages": f"Book {i} was written by Ada the {i}th 🤗.",
        }
        for i in range(count)
    ]


def written(folder: Path, rows: Rows, kind: str) -> Path:
    path = folder / f"asks.{kind}"
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    if kind == "jsonl":
        path.write_text(lines, encoding="utf-8")
    elif kind == "jsonl.gz":
        path.write_bytes(gzip.compress(lines.encode()))
    elif kind == "parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        pq.write_table(pa.Table.from_pylist(rows), path)
    else:
        with path.open("w", encoding="utf-8", newline="") as stream:
            table = csv.DictWriter(stream, list(rows[0]), delimiter="\t" if kind == "tsv" else ",")
            table.writeheader()
            table.writerows(rows)
    return path


def answers_in(folder: Path) -> Rows:
    parts = sorted(folder.glob("part-*.jsonl"))
    return [json.loads(line) for part in parts for line in part.read_text(encoding="utf-8").splitlines()]


def bytes_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*.jsonl")}
