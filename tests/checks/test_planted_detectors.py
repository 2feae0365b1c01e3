"""On Keras detectors whose evidence was planted, what methods find holds up; nothing does of one that was never trained."""

from __future__ import annotations

import numpy as np
import pytest

from xaifake import plugins
from xaifake.checks.enough import Enough
from xaifake.checks.mattered import Mattered
from xaifake.detector.engine import Detector
from xaifake.detector.planted import SIZE, PlantedPicture, planted_model, planted_picture
from xaifake.game.region_game import new_game
from xaifake.interfaces import Explained
from xaifake.records import Attribution, Box, Check, Contract, Face, ModelFile, Picture, Prediction, View

pytestmark = pytest.mark.keras

FILE = ModelFile("planted", "0" * 64, "in memory", 3)
METHODS = ("shap", "lime", "occlusion", "integrated_gradients")


def explained(detector: Detector, picture: PlantedPicture) -> Explained:
    """What four methods say, and three maps that are wrong: signs turned, mirrored, and chance."""
    face = Face(Picture("planted", picture.pixels, ""), Box(0, 0, SIZE, SIZE), "whole")
    game = new_game(View(face, picture.pixels.astype(np.float32)))
    maps = {name: plugins.make("explainer", name).explain(detector, [game], 0)[0] for name in METHODS}
    true = np.zeros((SIZE, SIZE), np.float32)
    true[picture.fake.rows_and_columns], true[picture.real.rows_and_columns] = 2, -1
    chance = np.random.default_rng(0).normal(size=(7, 7)).astype(np.float32)
    for name, values in {"true": true, "turned": -true, "mirrored": true[:, ::-1], "chance": chance}.items():
        maps[name] = Attribution(name, values, "logit per cell", "pixel", face.box, (SIZE, SIZE), {}, None, 0)
    return Explained(game, Prediction(0.0), {}, maps)


@pytest.mark.parametrize("checker", [Mattered(), Enough()])
def test_true_maps_hold_up_and_wrong_ones_do_not(checker: Mattered | Enough) -> None:
    """On three pictures: the plants and all four methods' maps, against maps of other places or the other sign."""
    detector = Detector(planted_model(), Contract((SIZE, SIZE), head="sigmoid"), FILE)
    pictures = [explained(detector, planted_picture(seed)) for seed in range(3)]

    for checks in checker.check(detector, pictures, seed=0):
        outcomes = {check.method: check.outcome for check in checks}
        assert {outcomes[name] for name in (*METHODS, "true")} == {"held up"}
        assert "held up" not in {outcomes[name] for name in ("turned", "mirrored", "chance")}


@pytest.mark.parametrize("seed", range(3))
def test_nothing_holds_up_of_an_untrained_detector(seed: int) -> None:
    """Methods find the places that move it most, and they move it by next to nothing."""
    import keras

    keras.utils.set_random_seed(seed)
    layers = keras.layers
    small = [layers.Conv2D(8, 3, activation="relu"), layers.MaxPool2D(), layers.Conv2D(16, 3, activation="relu")]
    head = [layers.Flatten(), layers.Dense(32, activation="relu"), layers.Dense(1, activation="sigmoid")]
    model = keras.Sequential([keras.Input((SIZE, SIZE, 3)), *small, *head])
    detector = Detector(model, Contract((SIZE, SIZE), head="sigmoid"), FILE)
    picture = explained(detector, planted_picture(seed))

    for name in ("adds_up", "enough", "mask_artefacts", "mattered", "random_maps"):
        checks: list[Check] = plugins.make("check", name).check(detector, [picture], 0)[0]
        assert "held up" not in {check.outcome for check in checks}
