"""Files → the store: what is new, changed, moved or gone."""

from __future__ import annotations

from tritonqa.library.index.report import Noted, Report, Skipped
from tritonqa.library.index.sync import sync

__all__ = ["Noted", "Report", "Skipped", "sync"]
