"""How a reader learns."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf

from tritonqa.checks import check_fields, instance, number, whole_number, whole_numbers


@dataclass(frozen=True, slots=True)
class Augmentation:
    """Shares of the questions that are asked once more, or otherwise, drawn anew for each epoch.

    look_alike asks of another passage that shares words with the question, as a search would find it; cut
    removes the sentence of the answer from the passage; noise types the question carelessly, in place of the
    original.
    """

    look_alike: float = 0.2
    cut: float = 0.1
    noise: float = 0.2

    def __post_init__(self) -> None:
        """Raise InputError for what is no share, by name."""
        check_fields(self, number, "look_alike", "cut", "noise", least=0, most=1)


@dataclass(frozen=True, slots=True)
class Cropping:
    """Windows learnt from in part: a part of 96 tokens costs half of what a whole passage does.

    whole is the share that stays as it is; each of the others is cut to one of the lengths, in tokens.
    """

    lengths: tuple[int, ...] = ()
    whole: float = 0.25

    def __post_init__(self) -> None:
        """Raise InputError for what is no length or no share, by name."""
        check_fields(self, whole_numbers, "lengths", least=16, unit="lengths in tokens")
        check_fields(self, number, "whole", least=0, most=1)


@dataclass(frozen=True, slots=True)
class Optimisation:
    """AdamW with a warm-up, a stable phase, a linear decay, and averaged weights.

    learning_rate is that of the head; each layer below it learns layer_decay times as fast; embeddings stay,
    and frozen layers, from the first on.
    warmup is a share of all steps; cooldown the last share of them, over which the rate falls to nothing: 1
    lets it fall from the warm-up on, 0 is a run whose state others go on from (Hu et al. 2024, section 4).
    dropout is that of hidden states, attention keeps the checkpoint's own; averaging is the decay of the
    exponential moving average of the weights.
    """

    learning_rate: float = 3e-5
    layer_decay: float = 0.9
    warmup: float = 0.05
    cooldown: float = 1.0
    weight_decay: float = 0.01
    clip: float = 1.0
    dropout: float = 0.1
    averaging: float = 0.99
    frozen: int = 0

    def __post_init__(self) -> None:
        """Raise InputError for values out of range, by name."""
        check_fields(self, number, "learning_rate", above=0)
        shares = ("layer_decay", "warmup", "cooldown", "weight_decay", "dropout", "averaging")
        check_fields(self, number, *shares, least=0, most=1)
        check_fields(self, number, "clip", least=0, most=inf)
        check_fields(self, whole_number, "frozen", least=0)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a reader is trained.

    epochs are passes over the data, in batches of batch_tokens tokens: windows of one padded length. Where
    that is less than least_steps steps, batches are smaller, down to 512 tokens, and then epochs are more: a
    few hundred questions in large batches teach next to nothing.
    """

    epochs: float = 3.0
    batch_tokens: int = 4096
    least_steps: int = 200
    augmentation: Augmentation = field(default_factory=Augmentation)
    cropping: Cropping = field(default_factory=Cropping)
    optimisation: Optimisation = field(default_factory=Optimisation)
    seed: int = 0

    def __post_init__(self) -> None:
        """Raise InputError for what can't be trained by."""
        check_fields(self, number, "epochs", above=0)
        check_fields(self, whole_number, "batch_tokens", "least_steps", least=1)
        check_fields(self, whole_number, "seed", least=0)
        check_fields(self, instance, "augmentation", kind=Augmentation)
        check_fields(self, instance, "cropping", kind=Cropping)
        check_fields(self, instance, "optimisation", kind=Optimisation)
