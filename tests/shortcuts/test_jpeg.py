"""Compression: what copies lose, what their control loses, and which shifts count."""

from __future__ import annotations

import numpy as np
import pytest
from engines import linear
from shortcut_trials import labels_of, noisy, scores, seen, trials

from xaifake import plugins
from xaifake.shortcuts.jpeg import Jpeg, without_grain

LABELS = labels_of(30, 30)
RANDOM = np.random.default_rng(0)


def judged(real: float, fake: float, quality: int = 75, **facts: np.ndarray):
    """REAL and FAKE pictures shift so at one quality, and not at the other; controls stay."""
    shift, still = np.concatenate([noisy(real, 30), noisy(fake, 30)]), noisy(0, 60, 2, 0.05)
    after = dict.fromkeys(("quality_75", "quality_50", "smooth_loss_75", "smooth_loss_50"), still)
    return Jpeg().judged(trials(after | {f"quality_{quality}": shift}, LABELS), scores(LABELS, **facts), 0)


def test_the_control_loses_as_much_as_jpeg() -> None:
    """In squared grey levels, smoothly, and the mean stays."""
    one = seen()
    copies = Jpeg().changed(linear(size=(192, 192)), one, None, RANDOM)
    lost = {name: float(((copy - one.view.pixels) ** 2).sum()) for name, copy in copies.items()}
    for quality in (75, 50):
        assert pytest.approx(lost[f"quality_{quality}"], rel=0.05) == lost[f"smooth_loss_{quality}"]
    assert lost["quality_90"] < lost["quality_75"] < lost["quality_50"]
    assert pytest.approx(one.view.pixels.mean(), abs=0.05) == copies["smooth_loss_75"].mean()


def test_nothing_lost_is_nothing_changed() -> None:
    """Nor is there anything to lose in a flat picture."""
    pixels = seen().view.pixels
    assert np.abs(without_grain(pixels, 0.0) - pixels).max() < 0.5
    assert np.allclose(90.0, without_grain(np.full((20, 30, 3), 90, np.float32), 50.0), atol=1e-3)


def test_a_shift_of_real_pictures_is_the_files() -> None:
    """With what REAL loses more than FAKE, and what both lose in the mean, beside it."""
    found = judged(2.0, 1.0)
    assert "confirmed" == found.outcome
    assert pytest.approx((3.0, 0.5), abs=0.2) == (found.measures["asymmetry"], found.measures["common_loss"])


def test_what_both_labels_lose_alike_is_a_lack_of_robustness() -> None:
    """However much."""
    found = judged(2.0, -2.0)
    assert ("not seen", pytest.approx(2.0, abs=0.2)) == (found.outcome, found.measures["common_loss"])


def test_files_that_are_compressed_already_are_judged_by_a_lower_quality() -> None:
    """Saving them again at their own would change nothing."""
    facts = {"format": np.full(60, "JPEG", object), "jpeg_quality": np.full(60, 75.0)}
    assert "confirmed" == judged(2.0, 1.0, 50, **facts).outcome
    assert ["not seen"] * 2 == [judged(2.0, 1.0, 75, **facts).outcome, judged(2.0, 1.0, 50).outcome]


def test_a_loss_of_fake_pictures_alone_is_none() -> None:
    """They may lose the evidence itself."""
    assert "not seen" == judged(0.0, -3.0).outcome


def test_unless_the_files_suggest_it() -> None:
    """Where REAL files are JPEG and FAKE ones are not, compression may stand for REAL."""
    formats = np.array(["JPEG"] * 30 + ["PNG"] * 30, object)
    qualities = np.array([75.0] * 30 + [np.nan] * 30)
    found = judged(0.0, -3.0, 50, format=formats, jpeg_quality=qualities)
    assert ("confirmed", 1.0, True) == (found.outcome, found.measures["auc_quality"], found.measures["available_quality"])
    other = judged(0.0, -3.0, format=formats[::-1], jpeg_quality=qualities[::-1])
    assert ("not seen", 0.0) == (other.outcome, other.measures["auc_quality"])


def test_what_is_available_but_not_used_is_not_seen() -> None:
    """A shortcut takes both."""
    facts = {"format": np.array(["JPEG"] * 30 + ["PNG"] * 30, object), "jpeg_quality": np.array([75.0] * 30 + [np.nan] * 30)}
    found = judged(0.0, 0.0, **facts)
    assert ("not seen", True) == (found.outcome, found.measures["available_quality"])


def test_it_is_found_by_its_name() -> None:
    """As every plug-in."""
    assert Jpeg() == plugins.make("shortcut", "jpeg")
