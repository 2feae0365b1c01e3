"""How a plan changes a recipe's phases, when one of them is over, and which epoch was the best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from xaifake.records import Epoch, Phase
from xaifake.training.plan import Plan


def planned(phases: Sequence[Phase], plan: Plan) -> tuple[Phase, ...]:
    """The phases with the epochs and the learning rate that the user asked for, in the recipe's proportions.

    A phase for which fewer epochs than half a one are left is left out.

    >>> head, tuning = Phase("head", 5, 1e-3), Phase("fine-tuning", 15, 1e-4)
    >>> [(p.name, p.epochs, p.learning_rate) for p in planned((head, tuning), Plan("cnn", epochs=8, learning_rate=2e-4))]
    [('head', 2, 0.002), ('fine-tuning', 6, 0.0002)]
    """
    usual = sum(phase.epochs for phase in phases)
    total = usual if plan.epochs is None else plan.epochs
    ends = [round(sum(phase.epochs for phase in phases[:count]) * total / usual) for count in range(len(phases) + 1)]
    faster = 1.0 if plan.learning_rate is None else plan.learning_rate / phases[-1].learning_rate
    asked = (
        replace(phase, epochs=end - start, learning_rate=phase.learning_rate * faster)
        for phase, (start, end) in zip(phases, pairwise(ends), strict=True)
    )
    return tuple(phase for phase in asked if phase.epochs)


def own(phase: Phase, epochs: Sequence[Epoch]) -> tuple[Epoch, ...]:
    """The epochs of one phase."""
    return tuple(epoch for epoch in epochs if epoch.phase == phase.name)


def is_over(phase: Phase, epochs: Sequence[Epoch], patience: int) -> bool:
    """Whether a phase has had all its epochs, or ``patience`` of them without a better validation loss."""
    had = own(phase, epochs)
    return len(had) >= phase.epochs or (bool(had) and had[-1].number - best(had).number >= patience)


def best(epochs: Sequence[Epoch]) -> Epoch:
    """The epoch with the lowest validation loss; of equal ones the first."""
    return min(epochs, key=lambda epoch: epoch.validation_loss)
