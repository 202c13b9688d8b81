"""Checkpoint → verified bundle."""

from tritonqa.export.export import export
from tritonqa.export.options import FORMATS, ExportOptions, Quantisation

__all__ = ["FORMATS", "ExportOptions", "Quantisation", "export"]
