"""Shares of a map by part of the face: planted maps, coarse and fine grids, signs, other domains, empty maps."""

from __future__ import annotations

import numpy as np
import pytest
from meshes import mesh_on
from numpy.typing import NDArray

from xaifake.errors import UsageError
from xaifake.faces.parts import PARTS, parts_of
from xaifake.faces.shares import Shares, shares_of
from xaifake.records import Attribution, Box

pytestmark = pytest.mark.slow

BOX = Box(40, 100, 240, 300)
MESH = mesh_on(BOX)
LABELS = parts_of(MESH - (BOX.left, BOX.top), (200, 200))
"""The part of each pixel of the box."""
NOSE, MOUTH = PARTS.index("nose"), PARTS.index("mouth")


def shares(values: NDArray[np.float64], domain: str = "pixel") -> Shares:
    made = Attribution("occlusion", values.astype(np.float32), "logit", domain, BOX, (400, 400), {}, None, 1)
    return shares_of(made, MESH)


def test_evidence_on_one_part_is_all_its_own() -> None:
    """A map of the nose alone: all of it there, as evidence for FAKE; of the area no more than the nose has."""
    found = shares((LABELS == NOSE).astype(float))

    assert found.evidence[NOSE] == found.signed[NOSE] == 1
    assert found.evidence.sum() == 1
    assert found.area[NOSE] == pytest.approx((LABELS == NOSE).mean())


def test_signs_are_kept_apart() -> None:
    """For FAKE on the nose, three times as strongly for REAL on the mouth: shares of one total, with their signs."""
    nose, mouth = LABELS == NOSE, LABELS == MOUTH

    found = shares(nose / nose.sum() - 3 * mouth / mouth.sum())

    np.testing.assert_allclose(found.evidence[[NOSE, MOUTH]], [0.25, 0.75], rtol=1e-5)
    np.testing.assert_allclose(found.signed[[NOSE, MOUTH]], [0.25, -0.75], rtol=1e-5)


def test_an_even_map_is_shared_out_by_area() -> None:
    """On seven by seven cells, each part's share of the evidence is that of the area, near that of the pixels."""
    found = shares(np.full((7, 7), -2.0))

    np.testing.assert_allclose(found.evidence, found.area, atol=1e-12)
    np.testing.assert_allclose(found.signed, -found.area, atol=1e-12)
    np.testing.assert_allclose(found.area, np.bincount(LABELS.ravel(), minlength=len(PARTS)) / LABELS.size, atol=0.01)


def test_a_coarse_map_is_shared_out_as_its_cells_drawn_large() -> None:
    """Seven by seven cells of random evidence: within 0.03 of the same map with each cell drawn on 28 × 28 pixels."""
    coarse = np.random.default_rng(0).normal(size=(7, 7))

    few, many = shares(coarse), shares(np.kron(coarse, np.ones((28, 28))))

    np.testing.assert_allclose(few.evidence, many.evidence, atol=0.03)
    np.testing.assert_allclose(few.signed, many.signed, atol=0.03)


def test_an_empty_map_has_no_shares() -> None:
    """No evidence on any part; the area is what it is."""
    found = shares(np.zeros((7, 7)))

    assert not found.evidence.any()
    assert not found.signed.any()
    assert found.area.sum() == pytest.approx(1)


def test_a_map_of_frequencies_has_no_parts() -> None:
    """It is refused in one line."""
    with pytest.raises(UsageError, match=r"pixel domain.*Received: occlusion in dct"):
        shares(np.ones((8, 8)), domain="dct")
