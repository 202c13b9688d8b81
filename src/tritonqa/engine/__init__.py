"""Windows → start and end logits: the only place that waits."""

from tritonqa.engine.base import Engine, Grouping
from tritonqa.engine.choose import Choice, choices, open_engine
from tritonqa.engine.engines import ENGINES
from tritonqa.engine.flow import Flow

__all__ = ["ENGINES", "Choice", "Engine", "Flow", "Grouping", "choices", "open_engine"]
