"""Two detectors on the same pictures."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from xaifake.audit.comparing.pairing import Answers, Truths, pairs_of
from xaifake.audit.statistics import delong, mcnemar


def answers(name: str, logits: NDArray[np.float64]) -> Answers:
    """Called FAKE from a logit of 0."""
    return Answers(name, logits, np.nan_to_num(logits, nan=-1.0) >= 0)


def drawn(pictures: int = 60) -> tuple[Truths, Answers, Answers]:
    """A good and a bad detector that share some of their noise."""
    random = np.random.default_rng(0)
    fake = np.arange(pictures) < pictures // 2
    shared = random.normal(size=pictures)
    good, bad = (shared + random.normal(size=pictures) + by * (fake - 0.5) for by in (3.0, 0.5))
    return Truths(np.ones(pictures, bool), fake), answers("good", good), answers("bad", bad)


def test_a_pair_has_delongs_and_mcnemars_tests() -> None:
    """On the pictures that both scored."""
    truths, good, bad = drawn()
    (pair,) = pairs_of(truths, [(good, bad)], {})
    difference, p_value = delong(truths.fake, np.stack([good.logits, bad.logits])).difference(0, 1)
    right = mcnemar(good.called == truths.fake, bad.called == truths.fake)
    assert (difference, p_value) == (pair.auc, pair.auc_p)
    assert (right.only_first, right.only_second, right.p_value) == (pair.only_first, pair.only_second, pair.right_p)
    assert pair.same is not None
    assert np.mean(good.called == bad.called) == pair.same.value


def test_pictures_that_one_alone_scored_are_left_out_and_counted() -> None:
    """Whatever they would say."""
    truths, good, bad = drawn()
    logits = good.logits.copy()
    logits[[0, 1, 40]] = np.nan
    (with_gaps,) = pairs_of(truths, [(answers("good", logits), bad)], {})
    kept = ~np.isnan(logits)
    smaller = Truths(truths.known[kept], truths.fake[kept])
    (without,) = pairs_of(smaller, [(answers("good", logits[kept]), answers("bad", bad.logits[kept]))], {})
    assert (3, 57) == (with_gaps.left_out, with_gaps.pictures)
    assert without.auc == with_gaps.auc
    assert (without.only_first, without.ranks, without.kappa) == (with_gaps.only_first, with_gaps.ranks, with_gaps.kappa)


def test_p_values_are_adjusted_over_all_pairs() -> None:
    """Three pairs: the least times three."""
    truths, good, bad = drawn()
    worse = answers("worse", bad.logits[::-1].copy())
    pairs = pairs_of(truths, [(good, bad), (good, worse), (bad, worse)], {})
    least = min(pairs, key=lambda one: one.auc_p or 1.0)
    assert least.auc_p is not None
    assert 3 * least.auc_p == pytest.approx(least.auc_p_all)
    assert all(one.auc_p_all is not None and one.auc_p is not None and one.auc_p_all >= one.auc_p for one in pairs)


def test_without_labels_agreement_is_still_known() -> None:
    """And no test is made of what nobody can tell."""
    truths, good, bad = drawn()
    (pair,) = pairs_of(Truths(np.zeros(60, bool), truths.fake), [(good, bad)], {})
    assert (None, None, None, None) == (pair.auc, pair.auc_p, pair.right_p, pair.right_p_all)
    assert (0, 60) == (pair.labelled, pair.pictures)
    assert pair.ranks is not None


def test_constant_detectors_have_no_ranks_and_no_kappa() -> None:
    """None of them is a number that chance would not give; and no warning is raised."""
    truths, _, _ = drawn()
    same = answers("same", np.full(60, 0.4))
    (pair,) = pairs_of(truths, [(same, same)], {})
    assert (None, None) == (pair.ranks, pair.kappa)
    assert (0.0, 1.0) == (pair.auc and pair.auc.value, pair.auc_p)


def test_detectors_that_share_no_picture_are_compared_on_none() -> None:
    """All of it is unknown, and the count says why."""
    truths, good, bad = drawn()
    first, second = good.logits.copy(), bad.logits.copy()
    first[::2], second[1::2] = np.nan, np.nan
    (pair,) = pairs_of(truths, [(answers("good", first), answers("bad", second))], {})
    assert (0, 60, None, None) == (pair.pictures, pair.left_out, pair.auc, pair.same)
