"""The game: soft masks share out every pixel, batches are full and shared, nothing is scored twice."""

from __future__ import annotations

import numpy as np
import pytest
from engines import NumpyEngine, linear, weights_of
from games_made import coalitions_of, game_of
from hypothesis import given, settings
from hypothesis import strategies as st

from xaifake.errors import NumbersError
from xaifake.game.game import play
from xaifake.interfaces import BATCH

FEATHERS = st.sampled_from([None, 0, 0.01, 1.5, 24])


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
