"""Ensembles: one model says what its members say together, whatever each of them is fed and however it is read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from members_made import CLOSE, EVERY, SIDE, cnn, kept, of_frequencies, pictures, statistics
from synthetic import astronaut

from xaifake import explain, inspect_model, load_detector, wrap_model
from xaifake.audit.comparing.ensembles import ensembles_of
from xaifake.audit.comparing.pairing import Truths
from xaifake.audit.planning import DEFAULT_METHODS
from xaifake.detector.contract import infer, write_contract
from xaifake.detector.engine import Detector
from xaifake.detector.runtime import keras
from xaifake.errors import ContractError, NotADetectorError
from xaifake.records import Contract, View
from xaifake.training.card import read_card
from xaifake.training.ensembles.ensembling import ensemble, members_of
from xaifake.training.ensembles.members import resized
from xaifake.training.ensembles.writing import keep_ensemble
from xaifake.training.keeping import Outputs

pytestmark = pytest.mark.keras


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
