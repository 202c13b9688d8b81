"""Tables of asks → tables of answers, in parts that are written once."""

from tritonqa.bulk.options import BulkOptions
from tritonqa.bulk.run import bulk

__all__ = ["BulkOptions", "bulk"]
