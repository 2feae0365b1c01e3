"""Ensembles: one model says what its members say together, whatever each of them is fed and however it is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from small_models import randomised, small, with_backbone
from synthetic import astronaut

from xaifake import explain, inspect_model, load_detector, wrap_model
from xaifake.audit.comparing.ensembles import ensembles_of
from xaifake.audit.comparing.pairing import Truths
from xaifake.audit.planning import DEFAULT_METHODS
from xaifake.detector.contract import infer, write_contract
from xaifake.detector.engine import Detector
from xaifake.detector.runtime import keras
from xaifake.errors import ContractError, NotADetectorError, UsageError
from xaifake.records import Contract, View
from xaifake.training.card import read_card
from xaifake.training.ensembling import ensemble, members_of
from xaifake.training.keeping import Outputs
from xaifake.training.keeping_ensembles import Kept, keep_ensemble
from xaifake.training.members import resized

pytestmark = pytest.mark.keras

SIDE = 16
CLOSE = 1e-5


def pictures(side: int = SIDE, count: int = 3) -> list[NDArray[np.uint8]]:
    """Noise."""
    return list(np.random.default_rng(1).integers(0, 256, (count, side, side, 3), np.uint8))


def net(k: Any, end: Callable[[Any], Any], *, side: int = SIDE, channels: int = 3, seed: int = 0) -> Any:
    """A small network with an end of its own; names of its layers are those of every other such network."""
    x = k.Input((side, side, channels))
    y = k.layers.Conv2D(4, 3, activation="relu", name="evidence")(x)
    y = k.layers.GlobalAveragePooling2D()(k.layers.BatchNormalization(name="norm")(y))
    return randomised(k.Model(x, end(y)), seed)


def cnn(side: int = SIDE, seed: int = 0, **fields: Any) -> Detector:
    """As recipes end."""
    k = keras(3)
    model = net(
        k, lambda y: k.layers.Activation("sigmoid", name="p_fake")(k.layers.Dense(1, name="logit")(y)), side=side, seed=seed
    )
    return wrap_model(model, size=side, **fields)


def of_frequencies(seed: int = 0, **fields: Any) -> Detector:
    """A CNN on coefficients of grey."""
    k = keras(3)
    model = net(k, lambda y: k.layers.Dense(1, activation="sigmoid")(y), channels=1, seed=seed)
    stated = {"channels": "grey", "range": (0, 255), "size": SIDE, "domain": "dct:log:epsilon=1", **fields}
    return wrap_model(model, **stated)


def statistics(path: Path) -> str:
    """A file of them."""
    random = np.random.default_rng(2)
    np.savez(path, mean=random.normal(0, 1, (SIDE, SIDE)), std=random.uniform(0.5, 2, (SIDE, SIDE)))
    return str(path)


def softmax_of_three(k: Any) -> Detector:
    model = net(k, k.layers.Dense(3, activation="softmax"), seed=1)
    return wrap_model(model, size=SIDE, range=(-1, 1), channels="bgr", fake_index=(0, 2))


def operator_sigmoid(k: Any) -> Detector:
    model = net(k, lambda y: k.ops.sigmoid(k.layers.Dense(1)(y)), channels=1, seed=2)
    return wrap_model(model, size=SIDE, channels="grey", fake_when="low")


def two_logits(k: Any) -> Detector:
    return wrap_model(net(k, k.layers.Dense(2), seed=3), size=SIDE, head="logit", mean=(0.4, 0.5, 0.6), std=(0.2, 0.3, 0.4))


def nested_softmax(k: Any) -> Detector:
    inner = net(k, lambda y: k.layers.Softmax()(k.layers.Dense(2)(y)), seed=4)
    return wrap_model(k.Sequential([k.Input((SIDE, SIDE, 3)), inner, k.layers.Identity()]), size=SIDE)


def nested_backbone(k: Any) -> Detector:
    return wrap_model(randomised(with_backbone(k), 5), size=SIDE)


def convolution_at_the_end(k: Any) -> Detector:
    def end(y: Any) -> Any:
        return k.layers.Flatten()(k.layers.Conv2D(1, 1, activation="sigmoid")(k.layers.Reshape((1, 1, 4))(y)))

    return wrap_model(net(k, end, seed=6), size=SIDE)


def two_sigmoids_of_keras_2(_: Any) -> Detector:
    k = keras(2)
    return wrap_model(net(k, k.layers.Dense(2, activation="sigmoid"), seed=7), size=SIDE, fake_index=0)


def nested_in_keras_2(_: Any) -> Detector:
    k = keras(2)
    inner = net(k, k.layers.Dense(1, activation="sigmoid"), seed=8)
    return wrap_model(k.Sequential([k.layers.InputLayer((SIDE, SIDE, 3)), inner]), size=SIDE)


def own_standardisation(_: Any) -> Detector:
    return of_frequencies(9, domain="dct:log:epsilon=1:standardise")


def part_of_the_frequencies(k: Any) -> Detector:
    model = net(k, k.layers.Dense(1, activation="sigmoid"), side=8, channels=3, seed=10)
    return wrap_model(model, size=SIDE, domain="dct:block=8", range=(0, 255), mean=3, std=100)


EVERY = [
    softmax_of_three,
    operator_sigmoid,
    two_logits,
    nested_softmax,
    nested_backbone,
    convolution_at_the_end,
    two_sigmoids_of_keras_2,
    nested_in_keras_2,
    own_standardisation,
    part_of_the_frequencies,
]


def kept(members: Mapping[str, Detector], folder: Path, **how: Any) -> Kept:
    """Made and written."""
    model, contract = ensemble(members, **how)
    return keep_ensemble(model, contract, members, Outputs(folder / "E.keras"))


@pytest.fixture(scope="module")
def every() -> dict[str, Detector]:
    """A detector of each kind, beside one as recipes make them."""
    return {"cnn": cnn(), **{make.__name__: make(keras(3)) for make in EVERY}}


def test_every_kind_of_member_says_what_it_says_alone(every: dict[str, Detector], tmp_path: Path) -> None:
    """Heads, colours, ranges, domains, FAKE sides and both Keras majors: the logit is the mean of the members' own."""
    kept(every, tmp_path)
    whole = load_detector(tmp_path / "E.keras")
    expected = np.mean([one.logits(pictures()) for one in every.values()], axis=0)
    np.testing.assert_allclose(whole.logits(pictures()), expected, atol=CLOSE)


@pytest.mark.parametrize("kind", [make.__name__ for make in EVERY])
def test_each_kind_is_read_before_its_head(kind: str, every: dict[str, Detector]) -> None:
    """One weight of 1 leaves a single member, whose logit is met exactly."""
    members = {"cnn": every["cnn"], kind: every[kind]}
    model, contract = ensemble(members, weights=[0.0, 1.0])
    found = wrap_model(model, contract=contract).logits(pictures())
    np.testing.assert_allclose(found, every[kind].logits(pictures()), atol=CLOSE)


def test_the_file_loads_with_no_flag_and_no_risk(every: dict[str, Detector], tmp_path: Path) -> None:
    """Keras' own layers in safe mode, a contract beside it that leaves nothing open, and a card."""
    card = kept(every, tmp_path).card
    inspection = inspect_model(tmp_path / "E.keras")
    assert ((), (), "sigmoid") == (inspection.risks, inspection.custom, inspection.head)
    detector = load_detector(tmp_path / "E.keras")
    assert () == detector.assumptions
    assert Contract((SIDE, SIDE), range=(0.0, 255.0)) == detector.contract
    assert card == read_card(tmp_path / "E.card.json")
    assert ("ensemble", detector.file.sha256, detector.contract) == (card.recipe, card.sha256, card.contract)
    assert {name: one.file.sha256 for name, one in every.items()} == dict(card.members)


def test_it_ends_as_recipes_end() -> None:
    """So an ensemble may be a member of another."""
    members = {"a": cnn(seed=1), "b": cnn(seed=2)}
    model, contract = ensemble(members)
    assert ["logit", "p_fake"] == [layer.name for layer in model.layers[-2:]]
    outer, fed = ensemble({"inner": wrap_model(model, contract=contract), "logit": cnn(seed=3)})
    expected = (members["a"].logits(pictures()) + members["b"].logits(pictures())) / 4 + cnn(seed=3).logits(pictures()) / 2
    np.testing.assert_allclose(wrap_model(outer, contract=fed).logits(pictures()), expected, atol=CLOSE)


def test_one_model_twice_has_no_clash_of_names(tmp_path: Path) -> None:
    """Members of one recipe have layers of the same names."""
    members = {"m": cnn(seed=1), "m (other)": cnn(seed=1)}
    kept(members, tmp_path)
    np.testing.assert_allclose(
        load_detector(tmp_path / "E.keras").logits(pictures()), members["m"].logits(pictures()), atol=CLOSE
    )


def test_views_have_the_largest_members_size_and_filter() -> None:
    """It sees what it sees alone, of pictures of any size; a smaller one sees the view resized once more."""
    members = {"small": cnn(8, seed=1, resize="nearest"), "large": cnn(SIDE, seed=2, resize="opencv:area")}
    model, contract = ensemble(members)
    assert ((SIDE, SIDE), "opencv:area") == (contract.size, contract.resize)
    whole = wrap_model(model, contract=contract)
    for side in (SIDE, 3 * SIDE):
        views = np.stack([view.pixels for view in whole.view([whole.faces(one)[0] for one in pictures(side)])])
        small_ = members["small"].score(np.asarray(resized(views, members["small"].contract)))
        expected = (members["large"].logits(pictures(side)) + small_) / 2
        np.testing.assert_allclose(whole.logits(pictures(side)), expected, atol=CLOSE)


@pytest.mark.parametrize("spec", ["nearest", "bilinear", "bilinear+antialias", "bicubic", "area", "pil:bicubic"])
def test_views_of_whole_levels_are_resized_as_the_engine_resizes(spec: str) -> None:
    """Where a picture has the size of the views, a smaller member sees what it sees alone, but for Pillow's rounding."""
    from xaifake.detector.resizing import resize

    contract = Contract((6, 7), resize=spec)
    picture = pictures()[0]
    found = np.asarray(resized(picture[None].astype(np.float32), contract))[0]
    rounding = 1.0 if spec.startswith("pil:") else 0.01
    assert np.abs(found.clip(0, 255) - resize(picture, (6, 7), spec).clip(0, 255)).max() <= rounding


def test_the_size_may_be_chosen() -> None:
    """Of views that all members get resized."""
    model, contract = ensemble({"a": cnn(8), "b": cnn(SIDE)}, size=(24, 20))
    assert (24, 20) == contract.size
    assert (None, 24, 20, 3) == model.input_shape


def test_members_that_see_the_same_frequencies_keep_them_in_the_contract(tmp_path: Path) -> None:
    """Standardising moves into the model, evidence stays in frequencies."""
    with_statistics = f"dct:log:epsilon=1:statistics={statistics(tmp_path / 'statistics.npz')}"
    members = {"a": of_frequencies(1, domain=with_statistics), "b": of_frequencies(2, mean=(1,), std=(2,))}
    kept(members, tmp_path)
    whole = load_detector(tmp_path / "E.keras")
    assert "dct:log=yes:epsilon=1.0" == whole.contract.domain
    expected = np.mean([one.logits(pictures()) for one in members.values()], axis=0)
    np.testing.assert_allclose(whole.logits(pictures()), expected, atol=CLOSE)


def test_statistics_stand_in_the_weights_not_in_the_configuration(tmp_path: Path) -> None:
    """A hundred thousand numbers in a configuration are refused as no model's."""
    with_statistics = f"dct:log:epsilon=1:statistics={statistics(tmp_path / 'statistics.npz')}"
    model, _ = ensemble({"cnn": cnn(), "dct": of_frequencies(domain=with_statistics)})
    assert len(model.to_json()) < 40_000


def test_members_that_see_different_frequencies_need_one_of_pixels() -> None:
    """Else Grad-CAM would draw frequencies on pictures."""
    members = {"a": of_frequencies(), "b": of_frequencies(domain="dct:log:epsilon=2")}
    with pytest.raises(ContractError, match=r"see frequencies.*epsilon=1\.0 of grey at 16 × 16 and .*epsilon=2\.0"):
        ensemble(members)


def test_grad_cam_looks_into_pixels_though_frequencies_count_more(tmp_path: Path) -> None:
    """Of the members that see pixels it takes the one that counts most."""
    members = {"heavy": cnn(seed=1), "light": cnn(seed=2), "dct": of_frequencies()}
    found = kept(members, tmp_path, weights=[0.3, 0.1, 0.6])
    assert found.layer is not None
    assert found.layer.startswith("heavy/network/")


def test_no_grid_of_frequencies_is_ever_drawn_on_pictures(tmp_path: Path) -> None:
    """Where only such a member has a grid, the ensemble is refused, and nothing is written."""
    k = keras(3)
    flat = k.Sequential([k.Input((SIDE, SIDE, 3)), k.layers.Flatten(), k.layers.Dense(1, activation="sigmoid")])
    with pytest.raises(NotADetectorError, match=r"a grid of frequencies on pictures.*dct/network"):
        kept({"flat": wrap_model(flat, size=SIDE), "dct": of_frequencies()}, tmp_path)
    assert [] == list(tmp_path.iterdir())


def test_the_mean_calls_fake_what_compare_calls_fake() -> None:
    """Members' thresholds count as in xaifake compare's mean."""
    thresholds = (0.9, 0.2)
    members = {str(t): cnn(seed=place, threshold=t) for place, t in enumerate(thresholds)}
    model, contract = ensemble(members)
    shown = pictures(count=20)
    logits = np.stack([one.logits(shown) for one in members.values()]).astype(np.float64)
    compared = ensembles_of(Truths(np.zeros(20, bool), np.zeros(20, bool)), logits, thresholds, seed=0)[0]
    called = [one.label == "FAKE" for one in wrap_model(model, contract=contract).predict(shown)]
    assert compared.called.tolist() == called


def test_a_bias_parts_fake_from_real_at_half() -> None:
    """As a regression gives it, whatever the members' thresholds were."""
    members = {"a": cnn(seed=1, threshold=0.9), "b": cnn(seed=2)}
    model, contract = ensemble(members, weights=[2.0, -0.5], bias=0.25)
    a, b = (one.logits(pictures()) for one in members.values())
    assert 0.5 == contract.threshold
    found = wrap_model(model, contract=contract).logits(pictures())
    np.testing.assert_allclose(found, 2 * a - 0.5 * b + 0.25, atol=CLOSE)


def test_the_same_model_is_the_same_bytes(tmp_path: Path) -> None:
    """Files can be told apart by their SHA-256."""
    members = {"a": cnn(seed=1), "b": of_frequencies()}
    model, contract = ensemble(members)
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        keep_ensemble(model, contract, members, Outputs(tmp_path / name / "E.keras"))
    assert (tmp_path / "first" / "E.keras").read_bytes() == (tmp_path / "second" / "E.keras").read_bytes()


def test_what_does_not_say_what_its_members_say_is_not_written(tmp_path: Path) -> None:
    """The written file is read back and tried before it takes its place."""
    members = {"a": cnn(seed=1), "b": wrap_model(small(keras(3)), size=SIDE)}
    model, contract = ensemble(members)
    part = model.get_layer("b").get_layer("score")
    part.set_weights([weight + 0.01 for weight in part.get_weights()])
    with pytest.raises(NotADetectorError, match="does not score as it does alone"):
        keep_ensemble(model, contract, members, Outputs(tmp_path / "E.keras"))
    assert [] == list(tmp_path.iterdir())


def test_members_of_faces_and_of_whole_pictures_are_refused() -> None:
    """No one view feeds both."""
    with pytest.raises(ContractError, match=r"the face or the whole.*Received: face and whole"):
        ensemble({"a": cnn(crop="face"), "b": cnn()})


@pytest.mark.parametrize("weights", [[1.0], [0.0, 0.0], [1.0, float("nan")]])
def test_weights_that_do_not_fit_are_refused(weights: list[float]) -> None:
    """One for each member, finite, and not all 0."""
    with pytest.raises(UsageError, match="one for each of the 2 members"):
        ensemble({"a": cnn(), "b": cnn()}, weights=weights)


def test_one_detector_is_no_ensemble() -> None:
    """It takes two."""
    with pytest.raises(UsageError, match=r"two detectors or more\. Received: 1"):
        ensemble({"a": cnn()})


def test_a_threshold_that_calls_everything_alike_is_refused() -> None:
    """Its logit is infinite, and so would the mean's be."""
    with pytest.raises(ContractError, match=r"threshold of 0 or 1.*Received: 1\.0, 0\.5"):
        ensemble({"a": cnn(threshold=1.0), "b": cnn()})


def test_a_subclassed_model_is_refused() -> None:
    """Nobody can take its layers up."""
    k = keras(3)

    class Own(k.Model):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.inner = small(k)

        def call(self, views: Any) -> Any:
            return self.inner(views)

    with pytest.raises(NotADetectorError, match="functional or Sequential"):
        ensemble({"a": cnn(), "own": wrap_model(Own(), size=SIDE)})


def test_a_head_that_is_none_is_refused() -> None:
    """A probability that comes of something else has no logit to be read."""
    k = keras(3)
    odd = net(k, lambda y: k.ops.minimum(k.layers.Dense(1, activation="sigmoid")(y), 0.9))
    with pytest.raises(NotADetectorError, match="neither a sigmoid nor a softmax"):
        ensemble({"a": cnn(), "odd": wrap_model(odd, size=SIDE, head="sigmoid")})


def test_a_member_with_code_of_its_own_is_refused(tmp_path: Path) -> None:
    """Whoever loads the ensemble would run it."""
    k = keras(3)
    model = small(k, k.layers.Lambda(lambda x: x * 2))
    with pytest.raises(NotADetectorError, match=r"code of its own.*Lambda"):
        kept({"a": cnn(), "b": wrap_model(model, size=SIDE)}, tmp_path)


def test_a_contract_that_is_only_assumed_is_refused(tmp_path: Path) -> None:
    """What a member was only taken to mean would stand in the ensemble as if it were known."""
    small(keras(3)).save(tmp_path / "m.keras")
    with pytest.raises(ContractError, match=r"stated whole.*Received: .*m\.keras, which leaves open .*fake_when"):
        members_of([str(tmp_path / "m.keras")] * 2, {})


def test_every_method_explains_it(every: dict[str, Detector], tmp_path: Path) -> None:
    """An ensemble is a detector like any other."""
    kept(every, tmp_path)
    case = explain(load_detector(tmp_path / "E.keras"), astronaut(), checks=["adds_up"])
    assert set(DEFAULT_METHODS) == set(case.attributions)
    assert "pixel" == case.attributions["gradcam"].domain


@pytest.mark.data
def test_real_detectors_of_both_keras_majors_become_one(data: Path, tmp_path: Path) -> None:
    """Four that others trained, one of them on frequencies, on real faces of the views' own size."""
    models = [_with_contract(data / "detectors" / name, tmp_path, fields) for name, fields in REAL.items()]
    members = members_of(models, {})
    kept(members, tmp_path)
    whole = load_detector(tmp_path / "E.keras")
    shown = sorted((data / "faces" / "kaggle_256" / "test").glob("*/*.jpg"))[::60]
    for name in ("sabari_cnn", "malay_meso", "dbhade_rescaling"):
        within = np.asarray(whole.model.get_layer(name)(np.stack([v.pixels for v in _views(whole, shown)])))[:, 0]
        np.testing.assert_allclose(within, members[name].logits(shown), atol=1e-4)
    expected = np.mean([one.logits(shown) for one in members.values()], axis=0)
    np.testing.assert_allclose(whole.logits(shown), expected, atol=0.05)  # OpenCV rounds what notcleo_dct is fed


REAL = {
    "sabari_cnn.keras": {"size": 128, "resize": "nearest", "fake_when": "low"},
    "malay_meso.hdf5": {"size": 256, "resize": "nearest", "fake_when": "low"},
    "notcleo_dct.h5": {
        "size": 64, "resize": "opencv:area", "channels": "grey", "range": (0, 255), "domain": "dct:block=32"
    },
    "dbhade_rescaling.h5": {"size": 224, "range": (0, 255)},
}  # fmt: skip


def _with_contract(model: Path, folder: Path, fields: Mapping[str, Any]) -> str:
    """The model's path with that of a contract that states everything."""
    contract, _ = infer(inspect_model(model), fields)
    path = folder / f"{model.stem}.contract.toml"
    write_contract(contract, (), path)
    return f"{model}@{path}"


def _views(detector: Detector, shown: list[Path]) -> list[View]:
    return detector.view([detector.faces(one)[0] for one in shown])
