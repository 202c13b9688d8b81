"""Files of questions → examples."""

from tritonqa.datasets.example import Dataset, Example
from tritonqa.datasets.predictions import Predictions, load_predictions
from tritonqa.datasets.squad import load_squad, save_examples

__all__ = ["Dataset", "Example", "Predictions", "load_predictions", "load_squad", "save_examples"]
