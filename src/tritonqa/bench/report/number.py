"""A figure → the digits that matter."""

from __future__ import annotations


def number(value: float | None) -> str:
    """Write three digits, or the whole number above; a dash for nothing."""
    return "–" if value is None else f"{value:.3g}" if abs(value) < 100 else f"{value:,.0f}"
