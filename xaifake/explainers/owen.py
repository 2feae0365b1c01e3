"""Owen values: what a region adds when its neighbours of like colour are shown or hidden with it, all or none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from xaifake.explainers._budgeted import Budgeted
from xaifake.explainers._results import of_regions
from xaifake.game.game import play
from xaifake.game.merge_tree import merge_tree
from xaifake.game.region_game import RegionGame
from xaifake.interfaces import Engine
from xaifake.records import Attribution, Coalitions

Values = NDArray[np.float64]

SPLITS = 8
"""How many nodes are split at once, two calls each: few enough to go where the evidence is, enough to fill a batch."""


@dataclass(frozen=True)
class Owen(Budgeted):
    """What each region adds to the logit when it is shown, averaged over all orders in which a tree of regions can appear.

    Source: Owen 1977, for values of players who join in groups; Rashid and others 2026 (ShapBPT), for a tree that follows
    the picture: neighbours of most like colour are merged first (`xaifake.game.merge_tree`). A node's value is shared by its
    halves: each gets the mean of what it adds alone and what it adds to the other, and so on down to the regions. Nodes of
    the greatest value are split first, until the calls are spent; a node that is left whole shares its value by area.
    Deviations: the leaves are the game's regions, not pixels; the logit is explained. However few the calls, the values sum
    to the logit of the whole view less that of the hidden one. Nothing here is random.
    """

    title: ClassVar[str] = "Owen values"

    def explain(self, engine: Engine, games: Sequence[RegionGame], seed: int) -> list[Attribution]:  # noqa: ARG002 - see above
        """Region maps of the views' size, float32; positive regions raise the FAKE logit when they are shown."""
        known = [game.saved for game in games]
        trees = [_Tree(game) for game in games]
        for tree, ends in zip(trees, play(engine, games, [tree.ends for tree in trees]), strict=True):
            tree.plant(*ends.tolist())
        while growing := [(tree, asked) for tree in trees if len(asked := tree.ask(self.calls))]:
            played = play(engine, [tree.game for tree, _ in growing], [asked for _, asked in growing])
            for (tree, _), logits in zip(growing, played, strict=True):
                tree.split(logits)
        return [self._attribution(tree, tree.game.saved - before) for tree, before in zip(trees, known, strict=True)]

    def _attribution(self, tree: _Tree, saved: int) -> Attribution:
        values, whole = tree.values()
        empty, full = tree.logits[:2]
        calls = len(tree.logits)
        return of_regions(
            self,
            tree.game,
            values,
            tree.logits,
            seed=None,
            calls=calls,
            saved=saved,
            stopped=f"The limit of {calls:,} calls was reached; {whole} groups of regions share their value by area."
            if whole
            else f"Every group of regions was split, in {calls:,} calls.",
            diagnostics={"full": full, "empty": empty, "additivity_gap": abs(float(values.sum()) - (full - empty))},
        )


@dataclass(frozen=True)
class _Share:
    """A node beside certain others: what it adds to them, and how much that counts."""

    node: int
    others: NDArray[np.bool_]
    without: float
    with_it: float
    weight: float

    @property
    def value(self) -> float:
        return self.weight * (self.with_it - self.without)


class _Tree:
    """The tree of one game, as far as it was split."""

    def __init__(self, game: RegionGame) -> None:
        self.game, self.logits = game, list[float]()
        self._children, self._members = merge_tree(game.view.pixels, game.labels)
        self._settled: list[_Share] = []
        self._open: list[tuple[float, int, _Share]] = []
        self._chosen: list[_Share] = []
        self._turn = count()

    @property
    def ends(self) -> Coalitions:
        """The empty and the whole coalition."""
        return np.repeat([[False], [True]], self.game.players, axis=1)

    def plant(self, empty: float, full: float) -> None:
        """Begin with the root, from the logits of the ends."""
        self.logits += [empty, full]
        self._add(_Share(len(self._members) - 1, self.ends[0], empty, full, 1.0))

    def ask(self, calls: int) -> Coalitions:
        """The coalitions that split the greatest nodes, two each; none where all is split or no calls are left."""
        number = min(SPLITS, len(self._open), (calls - len(self.logits)) // 2)
        self._chosen = [heappop(self._open)[2] for _ in range(number)]
        rows = [share.others | self._members[half] for share in self._chosen for half in self._halves(share)]
        return np.array(rows, np.bool_).reshape(-1, self.game.players)

    def split(self, logits: Values) -> None:
        """Share the chosen nodes between their halves: each beside the others alone, and beside the other half too."""
        self.logits += logits.tolist()
        for share, with_left, with_right in zip(self._chosen, logits[::2].tolist(), logits[1::2].tolist(), strict=True):
            for half, other, alone, without in zip(
                self._halves(share), self._halves(share)[::-1], (with_left, with_right), (with_right, with_left), strict=True
            ):
                self._add(_Share(half, share.others, share.without, alone, share.weight / 2))
                beside = share.others | self._members[other]
                self._add(_Share(half, beside, without, share.with_it, share.weight / 2))

    def values(self) -> tuple[Values, int]:
        """One value a region, (players,), and how many nodes are whole."""
        areas = np.bincount(self.game.labels.ravel())
        values = np.zeros(self.game.players)
        for share in (*self._settled, *self._whole()):
            part = areas * self._members[share.node]
            values += share.value * part / part.sum()
        return values, len({share.node for share in self._whole()})

    def _whole(self) -> Iterator[_Share]:
        return (share for _, _, share in sorted(self._open, key=lambda entry: entry[1]))

    def _add(self, share: _Share) -> None:
        if share.node < self.game.players:
            self._settled.append(share)
        else:
            heappush(self._open, (-abs(share.value), next(self._turn), share))

    def _halves(self, share: _Share) -> tuple[int, int]:
        left, right = self._children[share.node - self.game.players].tolist()
        return left, right
