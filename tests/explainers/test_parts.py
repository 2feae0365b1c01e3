"""Parts of the face: planted parts are found, values add up exactly, estimates say so, and left is the image's left."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from engines import NumpyEngine, constant
from meshes import astronaut_mesh, mesh_on
from synthetic import astronaut, hill

from xaifake.errors import UsageError
from xaifake.explainers.parts import Parts
from xaifake.faces.groups import GROUPS
from xaifake.faces.mesh import landmarks_of
from xaifake.faces.outlines import EYES
from xaifake.faces.parts import PARTS, parts_of
from xaifake.game.coalitions import every
from xaifake.game.game import play
from xaifake.game.region_game import RegionGame, new_game
from xaifake.images import picture_of
from xaifake.interfaces import BATCH
from xaifake.records import Attribution, Box, Face, Omission, Picture, View, Views

pytestmark = pytest.mark.slow

SIDE = 64
BOX = Box(10, 30, 10 + 2 * SIDE, 30 + 2 * SIDE)
"""Of the face in its picture, at twice the view's size."""
NAMES = tuple(name for name, _ in GROUPS[10])


def striped_view(mesh: np.ndarray | None = None) -> View:
    """A view of SIDE × SIDE that is full of fine stripes, of a face with a mesh in a larger picture."""
    pixels = np.broadcast_to(128 + 40 * (-1.0) ** np.arange(SIDE)[:, None, None], (SIDE, SIDE, 3))
    picture = Picture("striped", np.full((2 * SIDE + 40, 2 * SIDE + 50, 3), 128, np.uint8), "")
    face = Face(picture, BOX, "given", landmarks=mesh_on(BOX) if mesh is None else mesh)
    return View(face, pixels.astype(np.float32))


def labels() -> np.ndarray:
    return parts_of(mesh_on(Box(0, 0, SIDE, SIDE)), (SIDE, SIDE))


def stripes_in(*parts: str) -> NumpyEngine:
    """An engine that scores the energy of fine stripes in those parts, 1 on `striped_view`, and sees nothing elsewhere."""
    mask = np.isin(labels(), [PARTS.index(part) for part in parts])

    def logits(views: Views) -> np.ndarray:
        return ((views.mean(axis=3) - 128) ** 2 / 1600)[:, mask].mean(axis=1)

    return NumpyEngine(logits, (SIDE, SIDE))


def explained(
    engine: NumpyEngine, view: View, *, calls: int = 1024, players: int = 10, feather: float | None = None, full: bool = True
) -> Attribution:
    (answer,) = Parts(calls=calls, players=players, full=full).explain(engine, [new_game(view, feather=feather)], seed=0)
    assert isinstance(answer, Attribution)
    return answer


def by_name(attribution: Attribution) -> dict[str, float]:
    assert attribution.region_values is not None
    return dict(zip(attribution.names, attribution.region_values.tolist(), strict=True))


@pytest.mark.parametrize("calls", [1024, 100], ids=["exact", "estimated"])
@pytest.mark.parametrize(("part", "player"), [("mouth", "mouth"), ("left brow", "left eye and brow"), ("frame", "outside")])
def test_a_planted_part_is_found(part: str, player: str, calls: int) -> None:
    """A detector that reads one part only: with hard edges that part has everything and the others nothing, and with soft
    ones, which mix neighbours, nearly so.
    """
    hard = by_name(explained(stripes_in(part), striped_view(), calls=calls, feather=0))
    soft = by_name(explained(stripes_in(part), striped_view(), calls=calls))

    assert hard.pop(player) == pytest.approx(1, abs=0.04)  # the fill leaves a trace of stripes along the border
    assert list(hard.values()) == pytest.approx([0] * 9, abs=1e-6)
    assert soft.pop(player) > 0.9
    assert max(map(abs, soft.values())) < 0.1


def test_a_detector_that_sees_nothing_is_quiet() -> None:
    """A constant score leaves exact zeros and no interactions, exact or estimated."""
    for calls in (1024, 100):
        attribution = explained(constant(), striped_view(), calls=calls)
        assert attribution.is_empty
        assert attribution.interactions == ()


def test_values_add_up_exactly() -> None:
    """They sum to the change of the logit when the whole face is hidden, within 1e-4 logits, as the record says."""
    attribution = explained(stripes_in("mouth", "nose", "hair"), striped_view())

    told = attribution.diagnostics
    assert told["exact"] is True
    assert told["full"] == pytest.approx(1)
    assert sum(by_name(attribution).values()) == pytest.approx(told["full"] - told["empty"], abs=1e-4)
    assert told["additivity_gap"] < 1e-4
    assert (attribution.calls, attribution.seed, attribution.region_errors) == (1024, None, None)


def test_values_are_those_of_the_definition() -> None:
    """Each value is the mean, over all orders, of what showing the part adds: four parts of a view, all 24 orders."""
    view = striped_view(mesh_on(Box(-500, -500, 500, 500)))  # so large that few parts are in the view
    engine = stripes_in("mouth", "hair", "frame")
    attribution = explained(engine, view, feather=1)
    assert attribution.regions is not None
    game = new_game(view, feather=1).among(attribution.regions)
    players = len(attribution.names)
    (logits,) = play(engine, [game], [every(players)])

    orders = list(itertools.permutations(range(players)))
    expected = np.zeros(players)
    for order in orders:
        shown = np.cumsum([0, *(1 << player for player in order)])
        expected[list(order)] += np.diff(logits[shown]) / len(orders)

    assert attribution.names == ("nose", "mouth", "cheeks", "chin and jaw")
    assert attribution.region_values is not None
    np.testing.assert_allclose(attribution.region_values, expected, atol=1e-6)


def test_two_parts_that_need_each_other_interact() -> None:
    """A detector that answers only when mouth and nose are both striped: that pair comes first, and by its whole effect."""
    mouth, nose = stripes_in("mouth"), stripes_in("nose")
    both = NumpyEngine(lambda views: mouth.score(views) * nose.score(views), (SIDE, SIDE))

    attribution = explained(both, striped_view(), feather=0)

    first = attribution.interactions[0]
    assert {attribution.names[first.first], attribution.names[first.second]} == {"mouth", "nose"}
    assert first.value == pytest.approx(1, abs=0.01)
    assert first.error is None


def test_few_calls_give_estimates_with_errors() -> None:
    """The record says that values are estimated, by how many calls and from which seed; the exact ones lie within errors."""
    engine = NumpyEngine(lambda views: np.tanh(4 * stripes_in("mouth", "nose", "hair").score(views)), (SIDE, SIDE))
    exact = explained(engine, striped_view())
    estimate = explained(engine, striped_view(), calls=200)

    assert (estimate.diagnostics["exact"], estimate.calls, estimate.seed) == (False, 200, 0)
    assert estimate.interactions == ()
    assert estimate.region_errors is not None
    assert estimate.region_values is not None
    assert exact.region_values is not None
    assert (np.abs(estimate.region_values - exact.region_values) <= 4 * estimate.region_errors + 1e-6).all()
    assert estimate.diagnostics["additivity_gap"] < 1e-4


@pytest.mark.parametrize("calls", [1024, 100, 70], ids=["exact", "estimated", "hardly enough"])
def test_what_hiding_each_part_alone_does_is_told(calls: int) -> None:
    """As the game itself answers, within the calls of the method, and None where none were left."""
    attribution = explained(stripes_in("mouth"), striped_view(), calls=calls, full=False)
    game, without = Parts().playing(new_game(striped_view())), attribution.diagnostics["without"]
    (answers,) = play(stripes_in("mouth"), [game], [np.logical_not(np.eye(10, dtype=np.bool_))])

    assert attribution.calls <= calls
    assert attribution.diagnostics["sampled"] <= attribution.calls
    assert len(without) == 10
    assert [(at, logit) for at, logit in enumerate(without) if logit is not None] == [
        (at, pytest.approx(answers[at], abs=1e-6)) for at, logit in enumerate(without) if logit is not None
    ]
    assert (None in without) == (calls == 70)


def test_a_face_without_a_mesh_is_left_out() -> None:
    """It gets the reason, in its place, and the others get what they get alone; nothing is scored for it."""
    face = striped_view().face
    bare = View(Face(face.picture, face.box, "given"), striped_view().pixels)
    engine = stripes_in("mouth")

    answers = Parts(calls=1024, full=True).explain(
        engine, [new_game(bare), new_game(striped_view()), new_game(bare)], seed=0
    )

    assert (
        answers[0]
        == answers[2]
        == Omission("parts", "No face mesh was found in this picture, so nothing tells where the parts of a face lie.")
    )
    assert isinstance(answers[1], Attribution)
    assert answers[1].values.tobytes() == explained(stripes_in("mouth"), striped_view()).values.tobytes()
    assert sum(engine.batches) == 1024


def test_pictures_share_batches() -> None:
    """Three faces of 200 calls leave one short batch between them."""
    engine = stripes_in("mouth")

    Parts(calls=200).explain(engine, [new_game(striped_view()) for _ in range(3)], seed=0)

    assert engine.batches == [BATCH] * (600 // BATCH) + [600 % BATCH]


@pytest.mark.parametrize("players", [10, 12])
def test_a_mirrored_picture_gives_mirrored_values(players: int) -> None:
    """Left and right are the image's: what the detector reads on the left eye is on the right one in the mirror."""

    def values(pixels: np.ndarray, weights: np.ndarray) -> dict[str, float]:
        face = Face(picture_of(pixels), Box(0, 0, *pixels.shape[:2]), "whole")
        face = Face(face.picture, face.box, "whole", landmarks=landmarks_of(face))
        engine = NumpyEngine(lambda views: views.mean(axis=3).reshape(len(views), -1) @ weights.ravel(), pixels.shape[:2])
        return by_name(explained(engine, View(face, pixels.astype(np.float32)), calls=100, players=players))

    pixels = astronaut()
    across, down = astronaut_mesh()[list(EYES[0])].mean(axis=0)
    weights = hill(pixels.shape[:2], down, across, 0.04, -0.01)  # how dark the eye on the image's left is

    seen = values(pixels, weights)
    mirrored = values(np.ascontiguousarray(pixels[:, ::-1]), weights[:, ::-1])

    swapped = {name.replace("left", "L").replace("right", "left").replace("L", "right"): seen[name] for name in seen}
    largest = max(map(abs, seen.values()))
    assert mirrored == pytest.approx(swapped, abs=0.15 * largest)  # the mesh is not quite the mirrored one
    left, right = (next(name for name in seen if name.startswith(side)) for side in ("left", "right"))
    assert seen[left] == largest > 10 * abs(seen[right])


def test_players_are_ten_or_twelve() -> None:
    """Other groupings are refused by a sentence that names both."""
    with pytest.raises(UsageError, match=r"grouped to 10 or 12 players. Received: players 16"):
        Parts(players=16)


def test_too_few_calls_are_refused() -> None:
    """By the flag and the least number."""
    with pytest.raises(UsageError, match=r"Give --calls 30 or more, or fewer --regions. Received: 20"):
        explained(constant(), striped_view(), calls=20)


def test_the_game_is_the_pictures_own() -> None:
    """Its fill and its feather hide the parts, and the record says which."""
    attribution = explained(stripes_in("mouth"), striped_view(), feather=1.5)

    assert attribution.names == NAMES
    assert (attribution.diagnostics["fill"], attribution.diagnostics["feather"]) == ("median", 1.5)
    assert (attribution.method, attribution.unit, attribution.domain) == ("parts", "logit per region", "pixel")
    assert isinstance(new_game(striped_view()), RegionGame)
    np.testing.assert_array_equal(attribution.values, np.float32(attribution.region_values)[attribution.regions])
