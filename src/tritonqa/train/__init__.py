"""Questions with their answers → a reader that has learnt from them."""

from tritonqa.train.options import Augmentation, Cropping, Optimisation, Recipe
from tritonqa.train.run import Trained, train
from tritonqa.train.sound import sound

__all__ = ["Augmentation", "Cropping", "Optimisation", "Recipe", "Trained", "sound", "train"]
