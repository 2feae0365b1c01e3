"""Restored parts: each part's value is what its pixels do against the genuine ones, and nothing where they are the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from engines import NumpyEngine
from meshes import mesh_on

from xaifake.explainers.restored_parts import RestoredParts
from xaifake.faces.parts import PARTS, parts_of
from xaifake.game.region_game import new_game
from xaifake.records import Attribution, Box, Face, Omission, Picture, View

SIDE = 64


def brightness() -> NumpyEngine:
    """An engine that scores the mean grey level, in units of 100."""
    return NumpyEngine(lambda views: views.mean(axis=(1, 2, 3)) / 100, (SIDE, SIDE))


def edited_view() -> tuple[View, float]:
    """A grey face whose mouth was made 50 grey levels brighter, and what that adds to `brightness`."""
    box = Box(0, 0, SIDE, SIDE)
    genuine = np.random.default_rng(0).uniform(80, 120, (SIDE, SIDE, 3)).astype(np.float32)
    mouth = parts_of(mesh_on(box), (SIDE, SIDE)) == PARTS.index("mouth")
    pixels = genuine + 50 * mouth[..., None].astype(np.float32)
    face = Face(Picture("edited", np.rint(pixels).astype(np.uint8), ""), box, "whole", landmarks=mesh_on(box))
    return View(face, pixels, genuine), float(mouth.mean()) / 2


@pytest.mark.parametrize("calls", [1024, 100], ids=["exact", "estimated"])
def test_the_edited_part_has_all_of_the_effect(calls: int) -> None:
    """With hard edges, the mouth has what its edit adds to the logit, exactly, and no other part has anything."""
    view, effect = edited_view()

    (attribution,) = RestoredParts(calls=calls).explain(brightness(), [new_game(view, feather=0)], seed=0)

    assert isinstance(attribution, Attribution)
    assert attribution.region_values is not None
    values = dict(zip(attribution.names, attribution.region_values.tolist(), strict=True))
    assert values.pop("mouth") == pytest.approx(effect, abs=1e-5)
    assert list(values.values()) == pytest.approx([0] * 9, abs=1e-5)
    assert attribution.method == "restored_parts"
    assert attribution.diagnostics["empty"] == pytest.approx(float(brightness().score(view.original[None])[0]), abs=1e-5)


def test_the_picture_itself_as_its_original_is_quiet() -> None:
    """Where nothing was changed there is no evidence, whatever the detector reads."""
    view, _ = edited_view()

    (attribution,) = RestoredParts().explain(brightness(), [new_game(replace(view, original=view.pixels))], seed=0)

    assert isinstance(attribution, Attribution)
    assert attribution.is_empty


def test_without_an_original_or_a_mesh_there_is_none() -> None:
    """Each lack has its reason, and the picture that lacks nothing is explained beside them."""
    view, _ = edited_view()
    bare = replace(view, face=replace(view.face, landmarks=None))
    games = [new_game(one) for one in (replace(view, original=None), view, bare)]

    no_original, explained, no_mesh = RestoredParts().explain(brightness(), games, seed=0)

    assert no_original == Omission(
        "restored_parts", "What parts do is measured by their genuine pixels; give that picture with --original."
    )
    assert isinstance(explained, Attribution)
    assert no_mesh == Omission(
        "restored_parts", "No face mesh was found in this picture, so nothing tells where the parts of a face lie."
    )
