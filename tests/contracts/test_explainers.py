"""Every explainer that the folder holds, on every model shape of both Keras majors, recovers what was planted."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from xaifake import plugins
from xaifake.audit.selftest.explaining import SEEDS, places_of
from xaifake.audit.selftest.plants import REGIONS, frugal, planted_view
from xaifake.detector.engine import Detector
from xaifake.detector.planted import SHAPES, SIZE, PlantedPicture, planted_model, planted_picture
from xaifake.game.region_game import new_game
from xaifake.records import Attribution, Contract, ModelFile

pytestmark = pytest.mark.keras

EXPLAINERS = plugins.names("explainer")
FILE = ModelFile("planted", "0" * 64, "in memory", 3)


def explained(name: str, model: Any, pictures: list[PlantedPicture], seed: int = 0, **fields: Any) -> list[Attribution]:
    detector = Detector(model, Contract((SIZE, SIZE), **{"head": "unknown", **fields}), FILE)
    games = [new_game(planted_view(picture), regions=REGIONS) for picture in pictures]
    return frugal(name).explain(detector, games, seed)  # type: ignore[return-value]  # on pixels, with all that it needs, none is silent


def recovers(attribution: Attribution, picture: PlantedPicture) -> bool:
    return places_of(picture)[attribution.domain].found_by(attribution)


@pytest.mark.parametrize("major", [2, 3])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", EXPLAINERS)
def test_the_plants_are_recovered(name: str, shape: Any, major: int) -> None:
    """The strongest evidence of either sign is what was planted, whatever shape the model has."""
    picture = planted_picture(seed=SEEDS[major])

    (attribution,) = explained(name, planted_model(major, shape), [picture])

    assert recovers(attribution, picture)


@pytest.mark.parametrize(
    ("head", "fields"),
    [
        ("sigmoid", {"fake_when": "low"}),
        ("softmax", {"fake_index": (0,)}),
        ("logit", {"fake_when": "low", "head": "logit"}),
    ],
)
@pytest.mark.parametrize("name", EXPLAINERS)
def test_the_sign_follows_the_contract(name: str, head: Any, fields: dict[str, Any]) -> None:
    """Evidence for FAKE is positive whatever the head and wherever its FAKE output is, with scaling inside."""
    picture = planted_picture(seed=SEEDS[0])
    model = planted_model(head=head, fake_first=True, rescaling_inside=True)

    (attribution,) = explained(name, model, [picture], range=(0, 255), **fields)

    assert recovers(attribution, picture)


@pytest.mark.parametrize("name", EXPLAINERS)
def test_a_constant_detector_gives_no_evidence(name: str) -> None:
    """A detector whose score never changes gets an all-zero map, not scaled noise."""
    (attribution,) = explained(name, planted_model(gain=0.0), [planted_picture()])

    assert attribution.is_empty


@pytest.mark.parametrize("name", EXPLAINERS)
def test_pictures_explained_together_equal_pictures_explained_alone(name: str) -> None:
    """Sharing batches changes nothing beyond rounding, and the order of pictures is kept."""
    pictures = [planted_picture(seed) for seed in range(3)]
    model = planted_model()

    together = explained(name, model, pictures)
    alone = [explained(name, model, [picture])[0] for picture in pictures]

    for one, other in zip(together, alone, strict=True):
        np.testing.assert_allclose(one.values, other.values, atol=2e-3 * np.abs(other.values).max())


@pytest.mark.parametrize("name", EXPLAINERS)
def test_the_same_seed_gives_the_same_bytes(name: str) -> None:
    """Two runs with one seed agree to the last bit."""
    first, second = (explained(name, planted_model(), [planted_picture()], seed=7)[0] for _ in range(2))

    assert first.values.tobytes() == second.values.tobytes()


@pytest.mark.parametrize("name", EXPLAINERS)
def test_an_attribution_says_how_it_was_made(name: str) -> None:
    """The record carries method, unit, domain, every option, calls, and read-only float32 values."""
    (attribution,) = explained(name, planted_model(), [planted_picture()])

    assert attribution.method == name
    assert dict(attribution.options) == dataclasses.asdict(frugal(name))
    assert attribution.unit.startswith("logit per ")
    assert attribution.domain in {"pixel", "frequency"}
    assert attribution.target == "FAKE logit"
    assert attribution.calls > 0
    assert attribution.values.dtype == np.float32
    assert not attribution.values.flags.writeable
    assert frugal(name).calls >= 1
    assert plugins.find("explainer", name).title
