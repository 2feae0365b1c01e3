"""Zero is transparent, the ramp is symmetric, and its two hues stay apart for colour-blind readers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xaifake.report.colours import RAMP, SENSITIVITY_RAMP, STEPS, colours, levels

finite = st.floats(-1e6, 1e6, width=32)


def test_zero_is_exactly_transparent() -> None:
    """No evidence, no colour: alpha 0, on both ramps."""
    assert colours(np.zeros((2, 3), np.float32), 1.0).max() == 0
    assert SENSITIVITY_RAMP[STEPS].tolist() == [0, 0, 0, 0]


def test_nothing_is_drawn_without_a_limit() -> None:
    """An empty map has the limit 0 and stays transparent."""
    assert colours(np.ones((2, 2), np.float32), 0.0).max() == 0


@given(finite, st.floats(1e-3, 1e6))
def test_levels_are_symmetric(value: float, limit: float) -> None:
    """A value and its negative lie equally far from the middle."""
    up, down = levels(np.array([value, -value], np.float32), limit).astype(int)
    assert up - STEPS == STEPS - down


def test_opacity_grows_with_magnitude() -> None:
    """Alpha rises from 0 in the middle to 255 at both ends, step by step."""
    alpha = RAMP[:, 3].astype(int)
    assert (np.diff(alpha[: STEPS + 1]) < 0).all()
    assert (np.diff(alpha[STEPS:]) > 0).all()
    assert alpha[0] == alpha[-1] == 255


def test_orange_is_fake_and_blue_is_real() -> None:
    """Positive evidence has more red than blue, negative more blue than red, at every step."""
    assert (RAMP[STEPS + 1 :, 0].astype(int) > RAMP[STEPS + 1 :, 2]).all()
    assert (RAMP[:STEPS, 2].astype(int) > RAMP[:STEPS, 0]).all()


MACHADO = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
"""How each deficiency sees linear RGB, Machado et al. 2009, table of severity 1."""


@pytest.mark.parametrize("deficiency", MACHADO)
def test_both_sides_differ_for_colour_blind_readers(deficiency: str) -> None:
    """Equally strong evidence for FAKE and for REAL stays 30 units of CIE76 apart; 2.3 are just visible."""
    from skimage.color import rgb2lab

    matrix = np.array(MACHADO[deficiency])
    linear = (RAMP[:, :3] / 255.0) ** 2.2
    seen = np.clip(linear @ matrix.T, 0, 1) ** (1 / 2.2)
    lab = rgb2lab(seen[None])[0]
    distances = np.linalg.norm(lab[:STEPS][::-1] - lab[STEPS + 1 :], axis=1)
    assert distances.min() > 30
