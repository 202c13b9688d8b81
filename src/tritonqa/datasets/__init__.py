"""Files of questions → examples."""

from tritonqa.datasets.example import Dataset, Example
from tritonqa.datasets.squad import load_squad, save_examples

__all__ = ["Dataset", "Example", "load_squad", "save_examples"]
