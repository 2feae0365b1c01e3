"""Identity: scores of persons, scores of pictures, and what too few of either allow."""

from __future__ import annotations

import numpy as np
import pytest
from shortcut_trials import labels_of, scores, trials

from xaifake.shortcuts.identity import Identity, eta_squared

pytestmark = pytest.mark.slow

PERSONS, EACH = 12, 5
LABELS = labels_of(PERSONS * EACH, PERSONS * EACH)
WHOSE = [f"person {n // EACH}" for n in range(2 * PERSONS * EACH)]


def judged(logits: np.ndarray, identities=WHOSE, splits=None):
    return Identity().judged(trials({}, ()), scores(LABELS, logits, identities, splits), 0)


def logits_of(persons: float, seed: int = 0) -> np.ndarray:
    """Every person's own level, and noise of 1."""
    random = np.random.default_rng(seed)
    return random.normal(0, persons, 2 * PERSONS).repeat(EACH) + random.normal(0, 1, 2 * PERSONS * EACH)


def test_a_detector_of_persons_is_told() -> None:
    """Most of the variance lies between them, in either label."""
    found = judged(logits_of(3.0))
    assert "confirmed" == found.outcome
    assert found.measures["real_beyond_chance"] > 0.7
    assert PERSONS == found.measures["real_identities"]


def test_chance_explains_nothing_beyond_chance() -> None:
    """For any seed of twenty; by itself it explains a fifth."""
    found = [judged(logits_of(0.0, seed)) for seed in range(20)]
    assert {"not seen"} == {one.outcome for one in found}
    assert pytest.approx(0.0, abs=0.08) == np.mean([one.measures["real_beyond_chance"] for one in found])
    assert pytest.approx((PERSONS - 1) / (PERSONS * EACH - 1), abs=0.02) == found[0].measures["real_by_chance"]


def test_a_little_of_a_person_is_no_shortcut() -> None:
    """Faces differ, and so may their scores."""
    assert "not seen" == judged(logits_of(0.5)).outcome


def test_what_is_explained_must_matter() -> None:
    """Persons who differ by a hundredth of what labels do are no shortcut, however well they are told."""
    level = np.where(np.array([label == "FAKE" for label in LABELS]), 5.0, -5.0)
    found = judged(level + 0.05 * logits_of(3.0))
    assert ("not seen", True) == (found.outcome, found.measures["real_beyond_chance"] > 0.7)


def test_labels_are_told_apart_before_persons() -> None:
    """Persons of one label alone share its level, which says nothing of them."""
    level = np.where(np.array([label == "FAKE" for label in LABELS]), 5.0, -5.0)
    assert "not seen" == judged(level + logits_of(0.0)).outcome


@pytest.mark.parametrize(
    ("identities", "reason"),
    [([None] * len(WHOSE), "no_identities"), ([f"{n}" for n in range(len(WHOSE))], "few_identities")],
)
def test_without_persons_of_several_pictures_it_is_not_tested(identities, reason: str) -> None:
    """Nobody is told of, or everybody once."""
    found = judged(logits_of(1.0), identities)
    assert ("not tested", reason) == (found.outcome, found.reason)


def test_errors_are_counted_for_persons_of_several_splits_and_of_one() -> None:
    """A person known from training may be scored better."""
    shared = [n < PERSONS * EACH for n in range(len(WHOSE))]
    splits = ["train" if n % 2 and both else "test" for n, both in enumerate(shared)]
    right = np.where(np.array([label == "FAKE" for label in LABELS]), 1.0, -1.0)
    found = judged(np.where(shared, right, -right) + logits_of(0.0) / 10, splits=splits)
    measures = [found.measures[name] for name in ("identities_in_several_splits", "error_shared", "error_disjoint")]
    assert [PERSONS, 0.0, 1.0] == measures


def test_eta_squared_by_hand() -> None:
    """Means 1 and 3 about 2, four values: 4 of a sum of squares of 8."""
    assert pytest.approx(0.5) == eta_squared(np.array([0.0, 2.0, 2.0, 4.0]), np.array([0, 0, 1, 1]))
