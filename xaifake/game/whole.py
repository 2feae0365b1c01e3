"""What the detector says of views as they are, before anything of them is hidden: asked once, whoever asks."""

from __future__ import annotations

from collections.abc import Sequence

from xaifake.game.game import Game, pixels_of
from xaifake.interfaces import Engine, Tapped


def score(engine: Engine, games: Sequence[Game]) -> list[float]:
    """The FAKE logit of each game's view; scored now where no answer has told it yet."""
    unknown = [game for game in games if game.whole is None]
    if unknown:
        for game, logit in zip(unknown, engine.score(pixels_of(unknown)), strict=True):
            game.whole = float(logit)
    return [game.whole for game in games if game.whole is not None]


def tap(engine: Engine, games: Sequence[Game], layer: str | None = None) -> Tapped:
    """`Engine.tap` of the games' views, which tells their logits too."""
    tapped = engine.tap(pixels_of(games), layer)
    for game, logit in zip(games, tapped.logits, strict=True):
        if game.whole is None:
            game.whole, game.told = float(logit), True
    return tapped
