"""What a plan makes of a recipe's phases, and when they end."""

from __future__ import annotations

from tiny_training import epoch

from xaifake.records import Phase
from xaifake.training.learning.phases import best, is_over, planned
from xaifake.training.plan import Plan

HEAD, TUNING = Phase("head", 5, 1e-3, frozen=("backbone",)), Phase("fine-tuning", 15, 1e-4)


def test_a_plan_without_wishes_leaves_the_recipes_phases() -> None:
    """Nothing asked for, nothing changed."""
    assert planned((HEAD, TUNING), Plan("cnn")) == (HEAD, TUNING)


def test_epochs_are_shared_among_phases_as_the_recipe_shares_them() -> None:
    """They always add up, and a phase with less than half an epoch is left out."""
    asked = {epochs: planned((HEAD, TUNING), Plan("cnn", epochs=epochs)) for epochs in (1, 2, 10, 40)}

    assert {1: [1], 2: [2], 10: [2, 8], 40: [10, 30]} == {n: [phase.epochs for phase in made] for n, made in asked.items()}
    assert "fine-tuning" == asked[1][0].name


def test_the_learning_rate_is_the_last_phases_and_moves_the_others() -> None:
    """Twice the usual one for one phase is twice the usual one for all."""
    head, tuning = planned((HEAD, TUNING), Plan("cnn", learning_rate=2e-4))

    assert (2e-3, 2e-4) == (head.learning_rate, tuning.learning_rate)
    assert ("backbone",) == head.frozen


def test_the_best_epoch_has_the_lowest_validation_loss() -> None:
    """Of equal ones it is the first, whatever their AUC."""
    assert 2 == best([epoch(1, 0.5), epoch(2, 0.3), epoch(3, 0.3, auc=0.99), epoch(4, 0.4)]).number


def test_patience_counts_epochs_of_the_phase_after_its_own_best() -> None:
    """An earlier phase's better epoch does not use up the patience of the next."""
    earlier = [epoch(1, 0.1, "head"), epoch(2, 0.2, "head")]
    later = [epoch(3, 0.5, "fine-tuning"), epoch(4, 0.4, "fine-tuning"), epoch(5, 0.45, "fine-tuning")]

    assert not is_over(TUNING, earlier, patience=1)
    assert not is_over(TUNING, earlier + later, patience=2)
    assert is_over(TUNING, earlier + later, patience=1)


def test_a_phase_is_over_after_its_epochs() -> None:
    """Even if each was better than the one before."""
    assert not is_over(HEAD, [epoch(number, 1 / number, "head") for number in range(1, 5)], patience=9)
    assert is_over(HEAD, [epoch(number, 1 / number, "head") for number in range(1, 6)], patience=9)
