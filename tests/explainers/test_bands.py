"""Frequency bands: the planted band is found with its sign and beyond its control; a clean detector has none."""

from __future__ import annotations

import numpy as np
import pytest
from engines import NumpyEngine, constant, linear, planted, planted_view, view_of, weights_of

from xaifake.errors import UsageError
from xaifake.explainers.bands import Bands
from xaifake.game import spectrum
from xaifake.game.band_game import LAYERS, BandGame
from xaifake.game.game import play
from xaifake.game.region_game import new_game
from xaifake.interfaces import BATCH
from xaifake.records import Attribution, View

pytestmark = pytest.mark.slow

SIZE = 64


def face_like(seed: int = 0) -> View:
    """Noise whose power falls as in photographs, from the coarse bands to the fine."""
    random = np.random.default_rng(seed)
    falling = random.normal(0, 1, (SIZE, SIZE, 3)) / (spectrum.radii((SIZE, SIZE)) + 0.01)[..., None]
    pixels = spectrum.synthesise(falling)
    return view_of((128 + 40 * (pixels - pixels.mean()) / pixels.std()).astype(np.float32))


def reading(band: int, sign: float = 1.0) -> NumpyEngine:
    """A detector whose logit is the mean magnitude of what one band holds of the view."""
    mask = spectrum.masks((SIZE, SIZE))[[band]]
    return NumpyEngine(
        lambda views: np.array([sign * np.abs(spectrum.parts(view, mask)).mean() for view in views]), (SIZE, SIZE)
    )


def explained(engine: NumpyEngine, view: View | None = None, seed: int = 0, control: int = 4) -> Attribution:
    (attribution,) = Bands(control=control).explain(engine, [new_game(view or face_like(), regions=4)], seed)
    return attribution


def values_of(attribution: Attribution) -> np.ndarray:
    assert attribution.region_values is not None
    return attribution.region_values.astype(np.float64)


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("band", [1, 4, 7])
def test_the_planted_band_is_recovered(band: int, sign: float) -> None:
    """It has the detector's sign and most of the score; bands that do not overlap it have next to nothing."""
    attribution = explained(reading(band, sign))

    values = values_of(attribution)
    assert np.abs(values).argmax() == band
    assert np.sign(values[band]) == sign
    apart = np.abs(np.arange(8) - band) > 1
    assert np.abs(values[apart]).max() < 1e-3 * np.abs(values[band])


@pytest.mark.parametrize("band", [4, 7])
def test_a_planted_band_stands_out_from_its_control(band: int) -> None:
    """Taking the band away changes the score far more than random other frequencies of the same energy do."""
    diagnostics = explained(reading(band)).diagnostics

    change = diagnostics["band_stop"][band] - diagnostics["full"]
    assert change < 0
    assert abs(change) > 3 * (abs(diagnostics["control_mean"][band]) + diagnostics["control_spread"][band])


def test_a_detector_of_mere_change_does_not_stand_out() -> None:
    """A logit that reads only how far the view is from the face changes by the control's as by the band's, to 1 in 1,000."""
    face = face_like().pixels
    engine = NumpyEngine(lambda views: -np.square(views.astype(np.float64) - face).mean(axis=(1, 2, 3)), (SIZE, SIZE))

    diagnostics = explained(engine).diagnostics

    changes = np.array(diagnostics["band_stop"]) - diagnostics["full"]
    assert changes.max() < 0
    np.testing.assert_allclose(diagnostics["control_mean"], changes, rtol=1e-3)
    assert max(diagnostics["control_spread"]) < 1e-3 * -changes.min()


def test_a_detector_of_contrast_does_not_stand_out() -> None:
    """A logit that reads how much energy there is changes by no more than the control's and a third: soft edges overlap."""
    engine = NumpyEngine(lambda views: views.astype(np.float64).var(axis=(1, 2, 3)) / 100, (SIZE, SIZE))

    diagnostics = explained(engine).diagnostics

    changes = np.array(diagnostics["band_stop"]) - diagnostics["full"]
    assert (
        np.abs(changes) <= 4 / 3 * np.abs(diagnostics["control_mean"]) + 2 * np.array(diagnostics["control_spread"])
    ).all()


def test_a_constant_detector_gives_no_evidence() -> None:
    """All is zero, and no pair is named."""
    attribution = explained(constant(), planted_view())

    assert attribution.is_empty
    assert attribution.interactions == ()


def test_an_additive_detector_gets_each_bands_own_share() -> None:
    """On a linear detector a band's value is what its part of the view scores."""
    view = face_like()
    parts = spectrum.parts(view.pixels - view.pixels.mean(axis=(0, 1)), spectrum.masks((SIZE, SIZE)))

    values = values_of(explained(linear(size=(SIZE, SIZE)), view))

    np.testing.assert_allclose(values, (parts * weights_of(0, (SIZE, SIZE))).sum(axis=(1, 2, 3)), atol=1e-4)


def test_values_add_up_and_scores_are_those_of_the_game() -> None:
    """Efficiency, and band-stop, band-pass and layers read from the same game."""
    view = planted_view()
    attribution = explained(planted(), view)
    diagnostics = attribution.diagnostics

    one = np.eye(8, dtype=bool)
    layers = np.array([one[list(bands)].any(axis=0) for bands in LAYERS.values()])
    (expected,) = play(planted(), [BandGame(view)], [np.concatenate([~one, one, ~layers])])
    actual = [*diagnostics["band_stop"], *diagnostics["band_pass"], *diagnostics["layer_stop"]]
    np.testing.assert_allclose(actual, expected, atol=1e-5)
    assert values_of(attribution).sum() == pytest.approx(diagnostics["full"] - diagnostics["empty"], abs=1e-5)
    assert diagnostics["additivity_gap"] < 1e-9


def test_a_pair_that_works_together_is_named() -> None:
    """A detector of the product of two bands' magnitudes: their interaction is the strongest, with its sign."""
    masks = spectrum.masks((SIZE, SIZE))[[2, 6]]

    def product(view: np.ndarray) -> float:
        coarse, fine = np.abs(spectrum.parts(view, masks)).mean(axis=(1, 2, 3))
        return float(coarse * fine)

    attribution = explained(NumpyEngine(lambda views: np.array([product(view) for view in views]), (SIZE, SIZE)))

    first = attribution.interactions[0]
    assert (first.first, first.second, first.error) == (2, 6, None)
    assert first.value > 0


def test_the_calls_are_few_and_counted() -> None:
    """256 coalitions and four draws a band: 288, and the detector is asked no more."""
    engine = planted()

    attribution = explained(engine, planted_view())

    assert attribution.calls == Bands().calls == sum(engine.batches) == 288


def test_pictures_share_batches() -> None:
    """Three pictures leave no short batch between them, and each gets what it gets alone."""
    views = [planted_view(seed) for seed in range(3)]
    engine = planted()

    together = Bands(control=2).explain(engine, [new_game(view, regions=4) for view in views], 0)

    assert set(engine.batches[:-3]) == {BATCH}
    for view, attribution in zip(views, together, strict=True):
        alone = explained(planted(), view, control=2)
        np.testing.assert_allclose(values_of(attribution), values_of(alone), atol=1e-5)


def test_a_seed_decides_every_byte() -> None:
    """Values need no chance at all; the controls are the seed's."""
    first, again, other = (explained(planted(), planted_view(), seed) for seed in (3, 3, 4))

    assert first.values.tobytes() == again.values.tobytes() == other.values.tobytes()
    assert first.diagnostics["control_mean"] == again.diagnostics["control_mean"]
    assert first.diagnostics["control_mean"] != other.diagnostics["control_mean"]


@pytest.mark.parametrize("shape", [(1, 1), (5, 3), (40, 24)])
def test_views_of_every_shape_have_bands(shape: tuple[int, int]) -> None:
    """Small and oblong ones too: values lie on a plane of the view's size."""
    pixels = np.random.default_rng(0).uniform(0, 255, (*shape, 3)).astype(np.float32)

    attribution = explained(linear(size=shape), view_of(pixels))

    assert attribution.grid == shape
    assert len(values_of(attribution)) == len(attribution.names) == 8
    assert attribution.is_empty == (shape == (1, 1))


def test_the_record_is_whole() -> None:
    """One value a band, painted on the frequency plane; plain numbers for the record; no place on the picture."""
    attribution = explained(planted(), planted_view(), seed=5)

    assert (attribution.method, attribution.domain, attribution.unit) == ("bands", "frequency", "logit per region")
    assert attribution.options == {"control": 4}
    assert attribution.names[0] == "0.5–0.8 cycles"
    assert attribution.regions is not None
    np.testing.assert_array_equal(attribution.values, values_of(attribution).astype(np.float32)[attribution.regions])
    assert attribution.diagnostics["border"] == "mirrored"
    assert len(attribution.diagnostics["spectrum"]) <= 64
    assert sum(attribution.diagnostics["energy"]) == pytest.approx(1)
    with pytest.raises(UsageError, match="Only a map of the pixel domain lies on the picture"):
        attribution.on(48, 48)


@pytest.mark.parametrize(
    "key", ["band_stop", "band_pass", "layer_stop", "control_mean", "control_spread", "energy", "spectrum"]
)
def test_diagnostics_are_tuples_of_floats(key: str) -> None:
    """As JSON brings them back."""
    numbers = explained(planted(), planted_view()).diagnostics[key]

    assert isinstance(numbers, tuple)
    assert {type(number) for number in numbers} == {float}


def test_a_single_draw_is_refused() -> None:
    """One draw has no spread."""
    with pytest.raises(UsageError, match=r"at least two draws.*Received: control 1"):
        Bands(control=1)


@pytest.mark.keras
@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("major", [2, 3])
def test_a_keras_detector_of_grain_is_recovered(major: int, sign: float) -> None:
    """A fixed high-pass convolution, its magnitude and mean: nearly all is in the finest band, with its sign."""
    from xaifake.detector.engine import Detector
    from xaifake.detector.runtime import keras
    from xaifake.records import Contract, ModelFile

    layers = keras(major).layers
    grain = layers.Conv2D(2, 3, activation="relu", use_bias=False)
    score = layers.Dense(1)
    model = keras(major).Sequential([keras(major).Input((SIZE, SIZE, 3)), grain, layers.GlobalAveragePooling2D(), score])
    checks = np.outer([-1, 2, -1], [-1, 2, -1])[..., None] / 16
    grain.set_weights([np.repeat(np.stack([checks, -checks], axis=-1), 3, axis=2).astype(np.float32)])
    score.set_weights([np.full((2, 1), 100 * sign, np.float32), np.zeros(1, np.float32)])
    detector = Detector(model, Contract((SIZE, SIZE), head="logit"), ModelFile("planted", "0" * 64, "in memory", major))

    (attribution,) = Bands().explain(detector, [new_game(face_like(), regions=4)], 0)

    values = values_of(attribution)
    assert np.abs(values).argmax() == 7
    assert np.sign(values[7]) == sign
    assert np.abs(values[:5]).max() < 0.01 * np.abs(values[7])


@pytest.mark.keras
def test_a_dct_detector_has_bands_of_the_view() -> None:
    """A detector that sees the lowest quarter of the DCT reads nothing of the finest band, and the record says frequency."""
    from xaifake.detector.engine import Detector
    from xaifake.detector.runtime import keras
    from xaifake.records import Contract, ModelFile

    layers = keras(3).layers
    score = layers.Dense(1)
    model = keras(3).Sequential([keras(3).Input((16, 16, 1)), layers.ReLU(), layers.GlobalAveragePooling2D(), score])
    score.set_weights([np.ones((1, 1), np.float32), np.zeros(1, np.float32)])
    contract = Contract((SIZE, SIZE), domain="dct:block=16", channels="grey", head="logit")
    detector = Detector(model, contract, ModelFile("planted", "0" * 64, "in memory", 3))

    (attribution,) = Bands().explain(detector, [new_game(face_like(), regions=4)], 0)

    values = values_of(attribution)
    assert attribution.domain == "frequency"
    assert np.abs(values[:4]).max() > 0
    assert np.abs(values[7]) < 1e-4 * np.abs(values).max()
