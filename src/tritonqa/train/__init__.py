"""Questions with their answers → a reader that has learnt from them."""

from tritonqa.train.options import Augmentation, Cropping, Optimisation, Recipe
from tritonqa.train.run import Trained, train

__all__ = ["Augmentation", "Cropping", "Optimisation", "Recipe", "Trained", "train"]
