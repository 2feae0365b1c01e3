"""A model's planted-evidence variant: the model, and beside it a small detector of known patches whose logit is added.

The model is asked as always, by its own size, domain, preprocessing and runtime, and is never changed. What the patches add
is known, because it is linear in the plane in which the model's domain lays evidence out.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, MutableMapping, Sequence
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
from xaifake.interfaces import Engine, Tapped
from xaifake.records import Box, Contract, Face, Logits, Options, View, Views

SEED = 23
"""Its patches lie on different parts of the face that is laid on the picture."""
AMPLITUDE = 40.0
"""Of both patches' stripes, in grey levels: the smooth picture has room for as much."""
PATCHES = 4
"""A patch is so many times smaller than the picture."""
DOMINANCE = 8.0
"""What the patch for FAKE adds, over all that hiding regions and bands makes of the model's own logit."""
PROBED = 64
"""Coalitions of either game from which that is read."""
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
    """

    def __init__(self, engine: Engine, picture: PlantedPicture, gain: float) -> None:
        self.engine = engine
        self.gain = gain
        self._picture = picture
        self._fake, self._real = (_template(engine, picture, box) for box in (picture.fake, picture.real))

    @property
    def contract(self) -> Contract:
        return self.engine.contract

    @property
    def batch(self) -> int:
        return self.engine.batch

    @property
    def notes(self) -> MutableMapping[str, Options]:
        return self.engine.notes

    def score(self, views: Views) -> Logits:
        """The model's logits and what the patches add."""
        return np.asarray(self.engine.score(views) + self.added(views), np.float32)

    def added(self, views: Views) -> NDArray[np.float64]:
        """What the patches add to the logits of views (N,)."""
        planes = self.engine.plane(views)
        return self.gain * (self._fake.read(planes) - self._real.read(planes) / 2)

    def tap(self, views: Views, layer: str | None = None) -> Tapped:
        """The model's own: the patches are seen beside it, so no layer of it holds their evidence."""
        return self.engine.tap(views, layer)

    def plane(self, views: Views) -> NDArray[np.float32]:
        """As the model's domain lays it out."""
        return self.engine.plane(views)

    def gradient(self, views: Views) -> tuple[Logits, NDArray[np.float32]]:
        """Logits, and the model's gradient plus the patches'."""
        logits, gradients = self.engine.gradient(views)
        added = self.gain * (self._fake.weights - self._real.weights / 2)
        return np.asarray(logits + self.added(views), np.float32), np.asarray(gradients + added, np.float32)

    def places(self) -> dict[str, Plants]:
        """Where maps of each domain should have their extremes; without those in which that is not known.

        Where the domain is not linear (it takes logarithms), what hiding a part of the picture takes away is not known.
        """
        picture, band = self._picture, _band(self._picture)
        middle = (picture.pixels / np.float32(2) + picture.original / np.float32(2))[None]
        halves = self.plane(np.stack([picture.pixels, picture.original]).astype(np.float32)).mean(axis=0)
        linear = np.allclose(self.plane(middle)[0], halves, atol=1e-3 * float(np.abs(halves).max()))
        found = {"pixel": Plants.on(picture, band), "frequency": Plants.on(picture, band)} if linear else {}
        if self.contract.domain_name not in ("pixel", "frequency"):
            found[self.contract.domain_name] = Plants(self._fake.strongest, self._real.strongest)
        return found

    def view(self, faces: Sequence[Face]) -> list[View]:
        """As the model receives them."""
        return self.engine.view(faces)

    def randomised(self, share: float, seed: int) -> Self | None:  # noqa: ARG002 - the patches' detector has no layers
        """None: what was planted is not in the model's weights."""
        return None


def variants(engine: Engine, subject: str) -> Iterator[Finding]:
    """What every explainer finds on the model's planted-evidence variant.

    Raises:
        ContractError: the model's pictures are too small for two patches.
    """
    picture = picture_for(engine.contract)
    view = planted_view(picture)
    variant = Variant(engine, picture, DOMINANCE * swing(engine, view))
    where = variant.places()
    for name in plugins.names("explainer"):
        if "layer" in {option.name for option in dataclasses.fields(plugins.find("explainer", name))}:
            yield Finding(name, subject, KNOWN, INSIDE, None)
        else:
            yield recovered(name, subject, variant, view, where)


def swing(engine: Engine, view: View) -> float:
    """How far hiding regions or bands moves the engine's logit on a view, and 1 at least."""
    game = new_game(view, regions=REGIONS)
    games: list[Game] = [game, BandGame(view)]
    logits = [play(engine, [one], [paired(one.players, PROBED, 0)])[0] for one in games]
    return max(1.0, *(float(np.ptp(some)) for some in logits))


def picture_for(contract: Contract) -> PlantedPicture:
    """A planted picture of the contract's size, whose stripes are coarse enough for what its domain keeps of it.

    Raises:
        ContractError: it is too small for two patches.
    """
    height, width = contract.size
    kept = plugins.make("domain", contract.domain).shape(contract)[0]
    period = 4 * -(-height // kept)
    side = max(2 * period, min(height, width) // PATCHES // period * period)
    if min(height - side, width // 2 - side) <= 2 * MARGIN:
        raise ContractError(
            f"A planted picture holds two patches of {side} pixels side by side, which needs more than "
            f"{2 * (side + 2 * MARGIN)} pixels across and {side + 2 * MARGIN} down. Received: {height} × {width}"
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
