"""The game: soft masks share out every pixel, batches are full and shared, nothing is scored twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from engines import SIZE, NumpyEngine, linear, planted_view, view_of, weights_of
from hypothesis import given, settings
from hypothesis import strategies as st

from xaifake.errors import NumbersError, UnknownNameError, UsageError
from xaifake.game.fills.blur import Blur
from xaifake.game.fills.mean import Mean
from xaifake.game.game import play
from xaifake.game.original import GenuinePixels
from xaifake.game.region_game import RegionGame, new_game
from xaifake.game.regions import grid
from xaifake.interfaces import BATCH
from xaifake.records import View

FEATHERS = st.sampled_from([None, 0, 0.01, 1.5, 24])


def game_of(seed: int = 0, feather: float | None = None, rows: int = 3, columns: int = 4, size: int = 24) -> RegionGame:
    """A game of a random small view on a grid."""
    pixels = np.random.default_rng(seed).uniform(0, 255, (size, size, 3)).astype(np.float32)
    return RegionGame(view_of(pixels), lambda pixels: grid(pixels.shape[:2], rows, columns), Mean(), feather)


def coalitions_of(players: int, count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((count, players)) < 0.5


class Camera(NumpyEngine):
    """An engine that keeps what it was shown."""

    def __init__(self) -> None:
        self.seen: list[np.ndarray] = []
        super().__init__(self._keep)

    def _keep(self, views: np.ndarray) -> np.ndarray:
        self.seen.extend(views.copy())
        return np.arange(len(views))


@settings(max_examples=25)
@given(feather=FEATHERS, seed=st.integers(0, 99), rows=st.integers(1, 6), columns=st.integers(1, 6))
def test_soft_masks_share_out_every_pixel(feather: float | None, seed: int, rows: int, columns: int) -> None:
    """Each pixel's shares lie in 0..1 and sum to 1, whatever the feather."""
    masks = game_of(seed, feather, rows, columns).soft_masks.summed(np.eye(rows * columns))

    assert masks.shape == (rows * columns, 24, 24)
    assert masks.min() >= 0
    assert masks.max() <= 1 + 1e-6
    np.testing.assert_allclose(masks.sum(axis=0), 1, rtol=1e-5)


@settings(max_examples=25)
@given(feather=FEATHERS, seed=st.integers(0, 99))
def test_the_ends_of_the_game_are_exact(feather: float | None, seed: int) -> None:
    """All regions show the view and none show the fill, bit for bit, among other coalitions."""
    game, camera = game_of(seed, feather), Camera()
    middle = coalitions_of(game.players, 2, seed)
    everything, nothing = np.ones((1, game.players), bool), np.zeros((1, game.players), bool)

    play(camera, [game], [np.concatenate([middle, everything, nothing])])

    seen = {view.tobytes() for view in camera.seen}
    assert game.view.pixels.tobytes() in seen
    assert game.fill.tobytes() in seen


@settings(max_examples=25)
@given(feather=FEATHERS, seed=st.integers(0, 99))
def test_a_masked_view_blends_view_and_fill(feather: float | None, seed: int) -> None:
    """Each pixel is the view by the share of the regions present, and the fill by the rest."""
    game, camera = game_of(seed, feather), Camera()
    (coalition,) = coalitions_of(game.players, 1, seed)

    play(camera, [game], [coalition[None]])

    share = game.soft_masks.summed(coalition[None])[0][..., None]
    np.testing.assert_allclose(camera.seen[0], share * game.view.pixels + (1 - share) * game.fill, atol=1e-3)


def test_hard_edges_are_the_label_map() -> None:
    """With feather 0 a region shows its own pixels and no others."""
    game, camera = game_of(feather=0), Camera()

    play(camera, [game], [np.arange(game.players)[None] == 5])

    shown = (game.labels == 5)[..., None]
    np.testing.assert_allclose(camera.seen[0], np.where(shown, game.view.pixels, game.fill), atol=1e-4)


@settings(max_examples=20)
@given(batch=st.integers(1, 40), order=st.permutations(range(30)))
def test_neither_order_nor_batch_changes_a_score(batch: int, order: list[int]) -> None:
    """The same coalitions in any order and any batch get the same logits, up to the rounding of float32."""
    asked = coalitions_of(12, 30)
    (expected,) = play(linear(size=(24, 24)), [game_of()], [asked])

    (actual,) = play(linear(size=(24, 24), batch=batch), [game_of()], [asked[order]])

    np.testing.assert_allclose(actual, expected[order], rtol=1e-4, atol=1e-5)


def test_no_coalition_is_scored_twice() -> None:
    """Repeats within one question, between questions and between two mentions of one game come from the cache."""
    game, engine = game_of(), linear(size=(24, 24))
    first, second = coalitions_of(game.players, 30), coalitions_of(game.players, 30, seed=1)
    different = len({row.tobytes() for row in np.concatenate([first, second])})

    (once,) = play(engine, [game], [np.concatenate([first, first])])
    again, other = play(engine, [game, game], [first, np.concatenate([second, first])])

    assert sum(engine.batches) == game.scored == different
    assert game.asked == 150
    assert game.saved == 150 - different
    np.testing.assert_array_equal(once[:30], once[30:])
    np.testing.assert_array_equal(once[:30], again)
    np.testing.assert_array_equal(other[30:], again)
    assert once.dtype == np.float64


def test_games_share_full_batches() -> None:
    """Three games of ten coalitions fill two batches, the second one up to its end."""
    games, engine = [game_of(seed) for seed in range(3)], linear(size=(24, 24))
    asked = [np.unique(coalitions_of(12, 50, seed), axis=0)[:10] for seed in range(3)]

    together = play(engine, games, asked)

    assert engine.batches == [BATCH, 30 - BATCH]
    for seed, logits in enumerate(together):
        (alone,) = play(linear(size=(24, 24)), [game_of(seed)], [asked[seed]])
        np.testing.assert_allclose(logits, alone, rtol=1e-5)


def test_a_known_game_among_new_ones_takes_no_place() -> None:
    """A game whose coalitions are all known adds nothing to the batch that its neighbours share."""
    games, engine = [game_of(seed) for seed in range(3)], linear(size=(24, 24))
    asked = np.unique(coalitions_of(12, 50), axis=0)[:10]
    (known,) = play(engine, games[1:2], [asked])

    first, again, last = play(engine, games, [asked, asked, asked[:4]])

    assert engine.batches == [10, 14]
    np.testing.assert_array_equal(again, known)
    assert (len(first), len(last)) == (10, 4)


def test_nothing_asked_is_nothing_scored() -> None:
    """Empty questions have empty answers, and a question that is all known asks the detector nothing."""
    engine, game = linear(size=(24, 24)), game_of()
    asked = coalitions_of(12, 5)

    assert play(engine, [], []) == []
    assert play(engine, [game], [asked[:0]])[0].shape == (0,)
    assert engine.batches == []
    play(engine, [game], [asked])
    play(engine, [game], [asked[::-1]])
    assert engine.batches == [len(np.unique(asked, axis=0))]


def test_an_additive_detector_plays_an_additive_game() -> None:
    """Feathered or not, a linear detector's logit is the sum of its regions' shares."""
    game, engine = game_of(feather=2.0), linear(size=(24, 24))
    difference = (game.view.pixels - game.fill) * weights_of(0, (24, 24))
    each = (game.soft_masks.summed(np.eye(game.players))[..., None] * difference).sum(axis=(1, 2, 3))
    asked = coalitions_of(12, 20)

    (logits,) = play(engine, [game], [asked])

    np.testing.assert_allclose(logits, asked @ each + (game.fill * weights_of(0, (24, 24))).sum(), atol=1e-4)


def test_a_failing_detector_leaves_no_wrong_score() -> None:
    """What was scored before the failure is kept, the rest stays unknown, and asking again completes it."""
    game, failures = game_of(), iter([False, True, False, False, False])
    good = linear(size=(24, 24))

    def sometimes(views: np.ndarray) -> np.ndarray:
        if next(failures):
            raise NumbersError("The detector answered with NaN. Received: planted")
        return good.score(views)

    engine = NumpyEngine(sometimes, (24, 24))
    asked = np.unique(coalitions_of(12, 40), axis=0)
    with pytest.raises(NumbersError, match="NaN"):
        play(engine, [game], [asked])

    assert game.scored == BATCH
    (expected,) = play(linear(size=(24, 24)), [game_of()], [asked])
    np.testing.assert_allclose(play(engine, [game], [asked])[0], expected, rtol=1e-4, atol=1e-5)


def test_a_new_game_computes_nothing() -> None:
    """A method that masks nothing pays neither for regions nor for a fill."""

    def refuse(_: Any) -> Any:
        raise AssertionError

    class Refusing:
        fill: Callable[..., Any] = staticmethod(refuse)

    assert RegionGame(planted_view(), refuse, Refusing()).scored == 0
    assert not {"labels", "fill", "players"} & set(vars(new_game(planted_view())))


def test_soft_edges_look_less_like_compositing_than_hard_ones() -> None:
    """On a smooth view, masks with hard edges and one colour make fine structure; the default game makes next to none."""
    rows, columns = np.mgrid[0:96, 0:96] / 96
    view = view_of(np.repeat((128 + 60 * np.sin(5 * rows + 3 * columns))[..., None], 3, axis=2))
    edges = NumpyEngine(lambda views: (np.diff(views.mean(axis=3), 2, axis=1) ** 2).mean(axis=(1, 2)), (96, 96))
    soft, hard = new_game(view, regions=16), new_game(view, regions=16, fill="mean", feather=0)
    asked = coalitions_of(soft.players, 50)

    default, stock = play(edges, [soft, hard], [asked, asked])

    assert stock.mean() > 100 * default.mean()


def test_the_record_says_how_regions_were_hidden() -> None:
    """Players, fill with its options, and the feather in pixels."""
    game = new_game(planted_view(), regions=16, fill="mean", feather=2.5)

    assert game.settings == {"players": game.players, "fill": "mean", "feather": 2.5}
    assert new_game(planted_view()).fill.shape == (SIZE, SIZE, 3)
    assert not new_game(planted_view()).fill.flags.writeable
    assert new_game(planted_view(), regions=1).players == 1
    assert new_game(view_of(np.zeros((8, 20, 3))), feather=20).feather == 20


def test_the_default_feather_is_an_eighth_of_a_region() -> None:
    """Four pixels at 224 × 224 with 50 regions; here a region's side is 24 / √16."""
    assert game_of(rows=4, columns=4).feather == pytest.approx(24 / 4 / 8)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"regions": 0}, UsageError, "--regions"),
        ({"feather": -1}, UsageError, "from 0"),
        ({"feather": float("nan")}, UsageError, "from 0"),
        ({"feather": 49}, UsageError, "to 48, the side of what the detector receives"),
        ({"fill": "blurr"}, UnknownNameError, "Did you mean blur"),
    ],
)
def test_a_wrong_option_is_refused(options: dict[str, Any], error: type[Exception], message: str) -> None:
    """The refusal names what would be accepted."""
    with pytest.raises(error, match=message):
        new_game(planted_view(), **options)


def test_other_regions_of_the_same_view() -> None:
    """The fill is kept unless another is given, and so is the feather; one that nobody set gives way to the one offered."""
    labels = grid((24, 24), 2, 2)
    game = game_of()

    assert game.among(labels).fill is game.fill
    assert game.among(labels, Blur()).settings["fill"] == "blur"
    assert (game.among(labels).feather, game.among(labels, feather=0.5).feather) == (1.5, 0.5)
    assert game_of(feather=0).among(labels, feather=0.5).feather == 0
    assert game.among(labels).players == 4


def test_another_fill_behind_the_same_regions() -> None:
    """The same labels and softness; asked again it is the same game, so what it knows is not scored again."""
    game = new_game(planted_view(), fill="mean").among(grid((SIZE, SIZE), 4, 4))
    engine = linear()
    ends = np.array([[False] * 16, [True] * 16])
    game.whole = float(engine.score(game.view.pixels[None])[0])

    (first,) = play(engine, [game.behind("blur")], [ends])
    scored = sum(engine.batches)
    (again,) = play(engine, [game.behind("blur")], [ends])

    assert game.behind("blur") is not game.behind("blur", feather=0.0)
    assert game.behind("blur").settings == {**game.settings, "fill": "blur"}
    assert game.behind("mean", feather=0.0).feather == 0
    assert sum(engine.batches) == scored == 2
    assert first.tolist() == again.tolist()


def test_a_game_that_is_mentioned_twice_saves_what_both_ask() -> None:
    """Of three coalitions and of two, one of which is among the three, one is saved."""
    game, engine = game_of(), linear(size=(24, 24))
    asked = np.eye(12, dtype=bool)

    play(engine, [game, game], [asked[:3], asked[2:4]])

    assert (game.asked, game.saved, game.scored) == (5, 1, 4)


def test_what_is_remembered_ends_at_the_first_that_nobody_asked() -> None:
    """And costs nothing."""
    game, engine = game_of(), linear(size=(24, 24))
    asked = np.eye(12, dtype=bool)
    (logits,) = play(engine, [game], [asked[[0, 1, 3]]])

    assert game.remembered(asked).tolist() == logits[:2].tolist()
    assert (game.remembered(asked[2:]).size, game.asked) == (0, 3)


def test_free_masks_are_scored_as_they_are_drawn() -> None:
    """All of the view, nothing of it, and half of it: in batches of any length, and none of them at all."""
    game, engine = game_of(), linear(size=(24, 24))
    masks = np.stack([np.full((24, 24), share, np.float32) for share in (1, 0, 0.5)])
    full, empty = engine.score(np.stack([game.view.pixels, game.fill])).tolist()

    logits = game.score_masks(engine, [masks[:1], masks[1:]])

    assert logits == pytest.approx([full, empty, (full + empty) / 2], abs=1e-4)
    assert game.score_masks(engine, []).shape == (0,)
    assert game.scored == 0


def test_genuine_pixels_fill_a_view_of_their_size() -> None:
    """A copy of them, whatever the view shows; another size is a mistake of the caller's."""
    genuine = np.random.default_rng(0).uniform(0, 255, (4, 5, 3)).astype(np.float32)
    fill = GenuinePixels(genuine)

    filled = fill.fill(np.zeros((4, 5, 3), np.float32))

    assert filled.tolist() == genuine.tolist()
    assert filled is not genuine
    with pytest.raises(ValueError, match=r"\(4, 5, 3\).*Received: \(5, 4, 3\)"):
        fill.fill(np.zeros((5, 4, 3), np.float32))


def test_absent_regions_may_show_their_genuine_pixels() -> None:
    """Where these are at hand; asked again it is the same game."""
    game, view = game_of(), planted_view()
    genuine = np.zeros_like(view.pixels)
    edited = new_game(View(view.face, view.pixels, original=genuine))

    assert game.restored() is None
    assert edited.restored() is edited.restored()
    assert edited.restored().fill.tolist() == genuine.tolist()
