"""Checkpoint → verified bundle."""

from tritonqa.export.options import FORMATS, ExportOptions, Quantisation
from tritonqa.export.run import export

__all__ = ["FORMATS", "ExportOptions", "Quantisation", "export"]
