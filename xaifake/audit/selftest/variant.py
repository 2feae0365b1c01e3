"""A model's planted-evidence variant: the model, and beside it a small detector of known patches whose logit is added.

The model is asked as always, by its own size, domain, preprocessing and runtime, and is never changed. What the patches add
is known, because it is linear in the plane in which the model's domain lays evidence out.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from xaifake import plugins
from xaifake.audit.selftest.explaining import KNOWN, recovered
from xaifake.audit.selftest.findings import Finding
from xaifake.audit.selftest.plants import REGIONS, Plants, planted_view
from xaifake.detector.planted import MARGIN, PlantedPicture, planted_picture
from xaifake.errors import ContractError
from xaifake.game.band_game import BandGame
from xaifake.game.coalitions import paired
from xaifake.game.game import Game, play
from xaifake.game.region_game import new_game
from xaifake.game.spectrum import energy_shares
from xaifake.interfaces import Engine, Notes, Tapped
from xaifake.records import Box, Contract, Face, Logits, View, Views

SEED = 23
"""Its patches lie on different parts of the face that is laid on the picture."""
AMPLITUDE = 40.0
"""Of both patches' stripes, in grey levels: the smooth picture has room for as much."""
PATCHES = 4
"""A patch is so many times smaller than the picture."""
DOMINANCE = 8.0
"""What the patch for FAKE adds, over what hiding regions or bands makes of the model's own logit; and the slope of the
patches, for explainers that follow gradients, over the steepest of the model's own."""
PROBED = 64
"""Coalitions of either game from which that is read."""
POINTS = 9
"""Views between the fill and the picture at which the model's own gradient is read."""
INSIDE = "it looks into a layer of the model, which the patches are seen beside"


@dataclass(frozen=True, eq=False)
class Template:
    """The detector of a patch: a linear one, 0 on the picture before it was planted and 1 where the patch is whole.

    Attributes:
        weights: (H, W, C), by which the plane is weighted.
        offset: what that gives on the picture before.
    """

    weights: NDArray[np.float32]
    offset: float

    @property
    def strongest(self) -> NDArray[np.bool_]:
        """Where a patch changes the plane at least half as much as where it changes it most, (H, W)."""
        most = np.abs(self.weights).max(axis=2)
        return np.asarray(most >= most.max() / 2)

    def read(self, planes: NDArray[np.float32]) -> NDArray[np.float64]:
        """How much of the patch each plane shows, (N,)."""
        return np.asarray(np.tensordot(planes, self.weights, axes=3) - self.offset, np.float64)


class Variant:
    """An engine that scores as another, and adds ``gain`` for what is seen of one patch and takes off half for the other.

    Args:
        engine: the model; asked, and nothing else.
        picture: what was planted, at the size of the model's views.
        gain: in logits.

    Attributes:
        followed: how many gradients were asked.
    """

    def __init__(self, engine: Engine, picture: PlantedPicture, gain: float) -> None:
        self.engine = engine
        self.gain = gain
        self.followed = 0
        self.notes: Notes = {}  # of its own: what is found of the variant is no fact of the model
        self._picture = picture
        self._fake, self._real = (_template(engine, picture, box) for box in (picture.fake, picture.real))

    @property
    def contract(self) -> Contract:
        return self.engine.contract

    @property
    def batch(self) -> int:
        return self.engine.batch

    def score(self, views: Views) -> Logits:
        """The model's logits and what the patches add."""
        return np.asarray(self.engine.score(views) + self.added(views), np.float32)

    def added(self, views: Views) -> NDArray[np.float64]:
        """What the patches add to the logits of views (N,)."""
        planes = self.engine.plane(views)
        return self.gain * (self._fake.read(planes) - self._real.read(planes) / 2)

    @property
    def weights(self) -> NDArray[np.float32]:
        """What the patches add to the gradient at the plane, (H, W, C)."""
        return np.asarray(self.gain * (self._fake.weights - self._real.weights / 2), np.float32)

    def tap(self, views: Views, layer: str | None = None) -> Tapped:
        """The model's own: the patches are seen beside it, so no layer of it holds their evidence."""
        return self.engine.tap(views, layer)

    def plane(self, views: Views) -> NDArray[np.float32]:
        """As the model's domain lays it out."""
        return self.engine.plane(views)

    def gradient(self, views: Views) -> tuple[Logits, NDArray[np.float32]]:
        """Logits, and the model's gradient plus the patches'."""
        self.followed += len(views)
        logits, gradients = self.engine.gradient(views)
        return np.asarray(logits + self.added(views), np.float32), np.asarray(gradients + self.weights, np.float32)

    def places(self) -> dict[str, Plants]:
        """Where maps of each domain should have their extremes.

        Not known where the model's domain is not linear (it takes logarithms): there a part of a patch is not a part of what
        the patch does. Then there are none.
        """
        ends = np.stack([self._picture.pixels, self._picture.original]).astype(np.float32)
        halves, middle = self.plane(ends).mean(axis=0), self.plane(ends.mean(axis=0, keepdims=True))[0]
        if not np.allclose(middle, halves, atol=1e-3 * float(np.abs(halves).max())):
            return {}
        plane = {self.contract.domain_name: Plants(self._fake.strongest, self._real.strongest)}
        stripes = Plants.on(self._picture, _band(self._picture))
        return {**plane, "pixel": stripes, "frequency": stripes}

    def view(self, faces: Sequence[Face]) -> list[View]:
        """As the model receives them."""
        return self.engine.view(faces)

    def randomised(self, share: float, seed: int) -> Self | None:  # noqa: ARG002 - the patches' detector has no layers
        """None: what was planted is not in the model's weights."""
        return None


def on_variant(engine: Engine, subject: str, picture: PlantedPicture) -> Iterator[Finding]:
    """What every explainer finds on the model's planted-evidence variant; ``picture`` is that of `picture_for`."""
    view = planted_view(picture)
    gentle = Variant(engine, picture, DOMINANCE * max(1.0, swing(engine, view)))
    steep = Variant(engine, picture, max(gentle.gain, DOMINANCE * slope(gentle, view)))
    where = gentle.places()
    for name in plugins.names("explainer"):
        if "layer" in {option.name for option in dataclasses.fields(plugins.find("explainer", name))}:
            yield Finding(name, subject, KNOWN, INSIDE, None)
            continue
        followed = gentle.followed
        finding = recovered(name, subject, gentle, view, where)
        yield finding if gentle.followed == followed else recovered(name, subject, steep, view, where)


def swing(engine: Engine, view: View) -> float:
    """How far hiding regions or bands moves the engine's logit on a view."""
    games: list[Game] = [new_game(view, regions=REGIONS), BandGame(view)]
    logits = [play(engine, [one], [paired(one.players, PROBED, 0)])[0] for one in games]
    return max(float(np.ptp(some)) for some in logits)


def slope(variant: Variant, view: View) -> float:
    """By which gain the patches' gradient equals the steepest of the model's own, between the view and its fill."""
    fill = new_game(view, regions=REGIONS).fill
    full, empty = variant.plane(np.stack([view.pixels, fill]))
    between = fill + np.linspace(0, 1, POINTS, dtype=np.float32)[:, None, None, None] * (view.pixels - fill)
    own = (variant.engine.gradient(between)[1] * (full - empty)).sum(axis=3)
    added = (variant.weights / variant.gain * (full - empty)).sum(axis=2)
    return float(np.abs(own).max() / min(added.max(), -added.min()))


def picture_for(contract: Contract) -> PlantedPicture:
    """A planted picture of the contract's size, whose stripes are coarse enough for what its domain keeps of it.

    Raises:
        ContractError: it is too small for two patches.
    """
    height, width = contract.size
    kept = plugins.make("domain", contract.domain).shape(contract)[0]
    period = 4 * -(-height // kept)
    side = max(2 * period, min(height, width) // PATCHES // period * period)
    least = side + 2 * int(MARGIN * side)
    if min(height, width // 2) <= least:
        raise ContractError(
            f"A planted picture holds two patches of {side} pixels side by side, which needs more than {2 * least} pixels "
            f"across and {least} down. Received: {height} × {width}"
        )
    return planted_picture(SEED, fake=AMPLITUDE, real=AMPLITUDE, size=(height, width), side=side, period=period)


def _template(engine: Engine, picture: PlantedPicture, box: Box) -> Template:
    """The detector of the patch in that box."""
    before = picture.original.astype(np.float32)
    planted = before.copy()
    planted[box.rows_and_columns] = picture.pixels[box.rows_and_columns]
    plain, whole = engine.plane(np.stack([before, planted]))
    change = (whole - plain).astype(np.float64)
    weights = change / (change**2).sum()
    return Template(weights.astype(np.float32), float((plain * weights).sum()))


def _band(picture: PlantedPicture) -> int:
    """The band that holds most of what was planted."""
    planted = picture.pixels.astype(np.float32) - picture.original
    return int(np.argmax(energy_shares(planted)))
