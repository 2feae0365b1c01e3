"""What a user asks of a training run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from xaifake import plugins
from xaifake.errors import UsageError
from xaifake.interfaces import Recipe
from xaifake.records import Contract, Crop

Precision = Literal["float32", "mixed"]


@dataclass(frozen=True)
class Plan:
    """A recipe, and how it is trained.

    Attributes:
        recipe: the plug-in with its options: ``cnn:width=32``.
        size: height and width of the views; None for the recipe's own.
        crop: face or whole picture; None for the recipe's own.
        epochs: passes over the training pictures in all phases together, at most; None for the recipe's own.
        learning_rate: the highest of the last phase, others in proportion; None for the recipe's own.
        batch: pictures of a step.
        patience: epochs without a better validation loss after which a phase ends.
        augment: how training pictures are changed, as `Augmentation.parse` takes it.
        self_blended: FAKE copies made of each REAL training picture.
        shares: of validation and test pictures, where the data set has no such split of its own.
        precision: float32, or mixed float16, which is faster on GPUs.
        seed: of the split, the weights, the order and the augmentation.
    """

    recipe: str
    size: tuple[int, int] | None = None
    crop: Crop | None = None
    epochs: int | None = None
    learning_rate: float | None = None
    batch: int = 32
    patience: int = 6
    augment: str = "all"
    self_blended: int = 0
    shares: tuple[float, float] = (0.15, 0.15)
    precision: Precision = "float32"
    seed: int = 0

    def __post_init__(self) -> None:
        least = {"batch": 1, "patience": 1, "self_blended": 0, "seed": 0, "epochs": 1}
        for name, low in least.items():
            value = getattr(self, name)
            if value is not None and value < low:
                raise UsageError(f"--{name.replace('_', '-')} takes a whole number from {low}. Received: {value}")
        if self.learning_rate is not None and not 0 < self.learning_rate <= 1:
            raise UsageError(f"--learning-rate takes a number above 0 and up to 1. Received: {self.learning_rate}")
        if not all(0 < share < 0.5 for share in self.shares):
            raise UsageError(
                "--validation and --test take shares of the pictures, above 0 and below 0.5. "
                f"Received: {self.shares[0]:g} and {self.shares[1]:g}"
            )

    @property
    def made(self) -> Recipe:
        """The recipe with its options.

        Raises:
            UnknownNameError: no recipe, or no option of it, of that name.
        """
        recipe: Recipe = plugins.make("recipe", self.recipe)
        return recipe

    @property
    def contract(self) -> Contract:
        """How the detector will be fed: the recipe's contract at the size and crop that were asked for."""
        usual = self.made.contract
        return replace(usual, size=self.size or usual.size, crop=self.crop or usual.crop)
