"""The page where people ask, and its API: one Starlette application."""

from __future__ import annotations

from tritonqa.web.app import create_app
from tritonqa.web.options import Limits, WebOptions

__all__ = ["Limits", "WebOptions", "create_app"]
