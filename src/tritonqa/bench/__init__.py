"""How fast readers answer, at what load, and what it costs."""

from tritonqa.bench.bench import Result, bench
from tritonqa.bench.load import Load
from tritonqa.bench.options import BenchOptions
from tritonqa.bench.summary import Run
from tritonqa.bench.target import Target
from tritonqa.bench.workload import Workload, asks_of_file, generated, squad_sample

__all__ = [
    "BenchOptions",
    "Load",
    "Result",
    "Run",
    "Target",
    "Workload",
    "asks_of_file",
    "bench",
    "generated",
    "squad_sample",
]
