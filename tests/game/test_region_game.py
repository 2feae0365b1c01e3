"""What a game is made of: regions, a fill, soft edges, and what is remembered of it in the record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from engines import SIZE, NumpyEngine, linear, planted_view, view_of
from games_made import coalitions_of, game_of

from xaifake.errors import UnknownNameError, UsageError
from xaifake.game.fills.blur import Blur
from xaifake.game.game import play
from xaifake.game.original import GenuinePixels
from xaifake.game.region_game import RegionGame, new_game
from xaifake.game.regions import grid
from xaifake.records import View


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


def test_absent_regions_may_show_their_genuine_pixels() -> None:
    """Where these are at hand; asked again it is the same game."""
    game, view = game_of(), planted_view()
    genuine = np.zeros_like(view.pixels)
    edited = new_game(View(view.face, view.pixels, original=genuine))

    assert game.restored() is None
    assert edited.restored() is edited.restored()
    assert edited.restored().fill.tolist() == genuine.tolist()


def test_genuine_pixels_fill_a_view_of_their_size() -> None:
    """A copy of them, whatever the view shows; another size is a mistake of the caller's."""
    genuine = np.random.default_rng(0).uniform(0, 255, (4, 5, 3)).astype(np.float32)
    fill = GenuinePixels(genuine)

    filled = fill.fill(np.zeros((4, 5, 3), np.float32))

    assert filled.tolist() == genuine.tolist()
    assert filled is not genuine
    with pytest.raises(ValueError, match=r"\(4, 5, 3\).*Received: \(5, 4, 3\)"):
        fill.fill(np.zeros((5, 4, 3), np.float32))
