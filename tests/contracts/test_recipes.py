"""Every recipe that the folder holds makes detectors that are built, saved, inspected, loaded, scored and explained."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

import xaifake
from xaifake import plugins
from xaifake.detector.contract import write_contract
from xaifake.detector.engine import Detector
from xaifake.errors import UsageError
from xaifake.game.region_game import new_game
from xaifake.interfaces import Recipe
from xaifake.records import Contract, Omission
from xaifake.training.feeding.statistics import standardised
from xaifake.training.keeping import Outputs, keep_model
from xaifake.training.learning.optimising import freeze
from xaifake.training.pictures.examples import Examples

pytestmark = pytest.mark.keras

RECIPES = plugins.names("recipe")
PREPARING = ("Normalization", "Rescaling", "Resizing")
"""Layers that would do in the model what the contract does before it."""


def made(name: str, **options: Any) -> Recipe:
    """The recipe with those options; one that begins with fetched weights begins with none."""
    recipe: Recipe = dataclasses.replace(plugins.make("recipe", name, weights="none"), **options)
    return recipe


def half(contract: Contract) -> Contract:
    """The same at half the size."""
    return dataclasses.replace(contract, size=(contract.size[0] // 2, contract.size[1] // 2))


def built(recipe: Recipe, contract: Contract, seed: int = 0) -> Any:
    import keras

    keras.utils.clear_session()
    keras.utils.set_random_seed(seed)
    return recipe.build(contract)


def examples(size: tuple[int, int]) -> Examples:
    """Two pictures of noise."""
    views = np.random.default_rng(1).integers(0, 256, (2, *size, 3), np.uint8)
    return Examples(views, np.array([False, True]), ("a", "b"))


@pytest.fixture(scope="module", params=RECIPES)
def name(request: pytest.FixtureRequest) -> str:
    """Each recipe in turn; the tests of one follow each other, so that it is built and saved once."""
    return str(request.param)


@pytest.fixture(scope="module")
def model(name: str) -> Any:
    """Of the recipe's own contract at half its size."""
    recipe = made(name)
    return built(recipe, half(recipe.contract))


@pytest.fixture(scope="module")
def outputs(name: str, model: Any, tmp_path_factory: pytest.TempPathFactory) -> Outputs:
    """The model as training writes it, with its contract, and its statistics where it has them."""
    recipe, files = made(name), Outputs(tmp_path_factory.mktemp(name) / "detector.keras")
    contract = half(recipe.contract)
    if recipe.standardised:
        contract = standardised(contract, examples(contract.size), files.statistics)
    keep_model(model, files.model)
    write_contract(contract, (), files.contract)
    return files


@pytest.fixture(scope="module")
def detector(outputs: Outputs) -> Detector:
    """What the files give, without a flag."""
    return xaifake.load_detector(outputs.model)


def test_the_contract_is_of_one_output_that_is_high_for_fake(name: str) -> None:
    """So that whatever training writes is read alike."""
    contract = made(name).contract
    assert ("sigmoid", "high", 0.5) == (contract.head, contract.fake_when, contract.threshold)


@pytest.mark.parametrize("scale", [1, 2])
def test_models_fit_the_contract_at_every_size(name: str, scale: int) -> None:
    """At the recipe's own size and at half of it the model takes what the domain encodes, and gives one number a picture."""
    contract = made(name).contract
    contract = dataclasses.replace(contract, size=(contract.size[0] // scale, contract.size[1] // scale))
    model = built(made(name), contract)
    assert (None, *plugins.make("domain", contract.domain).shape(contract)) == model.input_shape
    assert (None, 1) == model.output_shape


def test_a_size_that_is_too_small_is_refused_in_one_line(name: str) -> None:
    """Pictures of 4 × 4 give a model, or a refusal that names --size; never an error of Keras."""
    refusal = refusal_of(made(name), dataclasses.replace(made(name).contract, size=(4, 4)))
    assert refusal is None or ("--size" in refusal and "\n" not in refusal)


def refusal_of(recipe: Recipe, contract: Contract) -> str | None:
    try:
        built(recipe, contract)
    except UsageError as refusal:
        return str(refusal)
    return None


def test_models_end_in_a_logit_and_its_sigmoid(model: Any) -> None:
    """Ensembles and engines read the logit before the sigmoid."""
    logit, p_fake = model.layers[-2:]
    assert ("Dense", "logit", 1, "linear") == (type(logit).__name__, logit.name, logit.units, logit.activation.__name__)
    assert ("Activation", "p_fake", "sigmoid") == (type(p_fake).__name__, p_fake.name, p_fake.activation.__name__)


def test_the_end_is_float32_under_mixed_precision(name: str) -> None:
    """Half numbers would be flat from logit 8 on."""
    import keras

    before = keras.config.dtype_policy()
    try:
        keras.config.set_dtype_policy("mixed_float16")
        model = built(made(name), half(made(name).contract))
    finally:
        keras.config.set_dtype_policy(before)
    assert ["float32", "float32"] == [layer.compute_dtype for layer in model.layers[-2:]]


def test_weights_come_from_the_global_seed(name: str, model: Any) -> None:
    """One seed, one model; layers are called the same."""
    again = built(made(name), half(made(name).contract))
    assert [layer.name for layer in model.layers] == [layer.name for layer in again.layers]
    for one, other in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_phases_freeze_layers_that_exist_and_leave_something_to_learn(name: str) -> None:
    """The logit learns in every phase, and what is fixed from the start is never let go."""
    recipe = made(name)
    model = built(recipe, half(recipe.contract))
    fixed = {layer.name for layer in model.layers if not layer.trainable}
    phases = recipe.phases(model)
    assert len({phase.name for phase in phases}) == len(phases) > 0
    for phase in phases:
        assert phase.epochs > 0 < phase.learning_rate < 1
        freeze(phase, model)
        assert model.get_layer("logit").trainable_weights
        assert fixed <= {layer.name for layer in model.layers if not layer.trainable}


def options_of(name: str) -> list[tuple[str, Any]]:
    return [(option, value) for option, values in made(name).space.items() for value in values]


@pytest.mark.parametrize(("name", "option", "value"), [(name, *each) for name in RECIPES for each in options_of(name)])
def test_every_value_that_tuning_tries_makes_a_model(name: str, option: str, value: Any) -> None:
    """And is written and read as text, since that is how a study keeps it."""
    recipe = made(name, **{option: value})
    assert recipe == plugins.make("recipe", plugins.spec_of(recipe))
    assert (None, 1) == built(recipe, half(recipe.contract)).output_shape


def test_preprocessing_is_in_the_contract_alone(outputs: Outputs, model: Any) -> None:
    """No layer scales, standardises or resizes what the contract has scaled, standardised and resized."""
    assert not [layer.name for layer in model._flatten_layers() if type(layer).__name__ in PREPARING]
    assert not xaifake.inspect_model(outputs.model).rescaling_inside


def test_inspection_finds_no_risk(outputs: Outputs) -> None:
    """Keras' own layers alone: it loads in safe mode, on any machine."""
    inspection = xaifake.inspect_model(outputs.model)
    assert ((), ()) == (tuple(inspection.risks), tuple(inspection.custom))


def test_nothing_is_assumed_of_what_was_written(name: str, detector: Detector) -> None:
    """The contract beside the model says all, and reads as it was written."""
    assert () == detector.assumptions
    written = dataclasses.replace(detector.contract, domain="")
    assert dataclasses.replace(half(made(name).contract), domain="") == written


def test_the_detector_scores_as_the_model_does(model: Any, detector: Detector) -> None:
    """The logit of the file's detector is that of the model in memory."""
    views = examples(detector.contract.size).views.astype(np.float32)
    scores = np.asarray(model(detector.input(views), training=False))[:, 0]
    np.testing.assert_allclose(1 / (1 + np.exp(-detector.score(views))), scores, atol=1e-5)


def test_explanations_lie_in_the_contracts_domain(detector: Detector) -> None:
    """Grad-CAM, unless the model has no grid, and the gradient on the domain's plane; both are finite."""
    faces = [detector.faces(view)[0] for view in examples(detector.contract.size).views]
    games = [new_game(view, regions=9) for view in detector.view(faces)]
    for method in ("gradcam", "smoothgrad:samples=2"):
        for told in plugins.make("explainer", method).explain(detector, games, 0):
            if isinstance(told, Omission):
                assert "grid" in told.reason
            else:
                assert detector.contract.domain_name == told.domain
                assert np.isfinite(told.values).all()


def test_recipes_say_what_people_call_them(name: str) -> None:
    """Each has a title of its own."""
    assert 1 == [made(other).title for other in RECIPES].count(made(name).title)
