"""Resizing: detail goes, and only the lack of it speaks."""

from __future__ import annotations

import numpy as np
from engines import linear
from shortcut_trials import labels_of, noisy, scores, seen, trials

from xaifake.game.spectrum import energy_shares
from xaifake.shortcuts.resize import JUDGED, Resize

LABELS = labels_of(30, 30)


def judged(real: float, fake: float, side: np.ndarray | None = None):
    shift = np.concatenate([noisy(real, 30), noisy(fake, 30)])
    facts = {} if side is None else {"width": side, "height": side}
    return Resize().judged(trials({JUDGED: shift}, LABELS), scores(LABELS, **facts), 0)


def test_the_finest_detail_goes_and_the_size_stays() -> None:
    """The smaller the copy, the more."""
    one = seen()
    copies = Resize().changed(linear(size=(192, 192)), one, None, np.random.default_rng(0))
    finest = [energy_shares(copy)[-1] for copy in (one.view.pixels, *copies.values())]
    assert sorted(finest, reverse=True) == finest
    assert {(192, 192, 3)} == {copy.shape for copy in copies.values()}


def test_a_large_face_is_reduced_below_what_the_detector_receives() -> None:
    """Or it would receive the same."""
    large = seen(np.random.default_rng(0).integers(0, 256, (400, 400, 3), np.uint8))
    engine = linear(size=(48, 48))
    (view,) = engine.view([large.view.face])
    small = type(large)(view)
    copy = Resize().changed(engine, small, None, np.random.default_rng(0))["side_25"]
    assert copy.std() < 0.8 * view.pixels.std()


def test_only_a_shift_of_real_pictures_toward_fake_counts() -> None:
    """One toward REAL may be what only looked like evidence, one of FAKE pictures the evidence itself."""
    assert ["confirmed", "not seen", "not seen"] == [judged(2, 0).outcome, judged(-2, 0).outcome, judged(0, -4).outcome]


def test_unless_small_pictures_are_real_here() -> None:
    """Then the shift that counts is toward REAL."""
    side = np.array([64.0] * 30 + [256.0] * 30)
    assert ["confirmed", "not seen"] == [judged(-2, 0, side).outcome, judged(2, 0, side).outcome]
    assert "confirmed" == judged(2, 0, side[::-1]).outcome
