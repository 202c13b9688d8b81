"""A result → one HTML file that needs no other."""

from tritonqa.bench.report.page import html

__all__ = ["html"]
