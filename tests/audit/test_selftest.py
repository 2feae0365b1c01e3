"""The self test finds nothing wrong where nothing is, and what was made wrong on purpose."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from engines import NumpyEngine

from xaifake import plugins
from xaifake.audit.selftest import facts
from xaifake.audit.selftest.explaining import FEW, Planted, places_of, recovered
from xaifake.audit.selftest.plants import Plants, frugal, planted_view
from xaifake.audit.selftest.variant import Variant, on_variant, picture_for
from xaifake.detector.planted import PlantedPicture, planted_picture
from xaifake.errors import ContractError
from xaifake.game.region_game import new_game
from xaifake.interfaces import Tapped
from xaifake.records import Box, Contract, Logits, Views

SIDE = 96


class Quadratic(NumpyEngine):
    """A sum of weights times squares of pixels, with its gradient, and a layer that holds the squares."""

    def __init__(self) -> None:
        weights = np.random.default_rng(0).normal(0, 1e-6, (SIDE, SIDE, 3))
        super().__init__(lambda views: np.einsum("nhwc,hwc->n", views.astype(np.float64) ** 2, weights), (SIDE, SIDE))
        self.weights = weights

    def gradient(self, views: Views) -> tuple[Logits, np.ndarray]:
        return self.score(views), (2 * views * self.weights).astype(np.float32)

    def tap(self, views: Views, layer: str | None = None) -> Tapped:  # noqa: ARG002 - there is one
        gradients = np.broadcast_to(self.weights, views.shape).astype(np.float32)
        return Tapped("squares", (views**2).astype(np.float32), gradients, self.score(views))


def batch() -> Views:
    return facts.masked(picture_for(Contract((SIDE, SIDE))))


def way() -> Views:
    return facts.way(picture_for(Contract((SIDE, SIDE))))


def mirrored(picture: PlantedPicture) -> PlantedPicture:
    """Said to lie where it would lie in a mirror."""

    def there(box: Box) -> Box:
        width = picture.pixels.shape[1]
        return Box(box.top, width - box.right, box.bottom, width - box.left)

    return dataclasses.replace(picture, fake=there(picture.fake), real=there(picture.real))


@pytest.mark.slow
def test_patches_are_found_beside_a_model_that_knows_nothing_of_them() -> None:
    """What hides, follows gradients or bands finds them; what looks into a layer is not tried; no explainer is wrong."""
    picture = picture_for(Contract((SIDE, SIDE)))
    found = {
        one.test: one.right for one in on_variant(Quadratic(), "quadratic", picture) if one.test not in ("shap", "lime")
    }
    expected = dict.fromkeys(found, True)
    assert expected | {"gradcam": None, "scorecam": None} == found


@pytest.mark.parametrize("name", ["occlusion", "integrated_gradients"])
def test_a_mirrored_map_is_wrong(name: str) -> None:
    """Extremes that lie where the patches would lie in a mirror are not right."""
    picture = picture_for(Contract((SIDE, SIDE)))
    variant = Variant(Quadratic(), picture, 1000.0)
    right = recovered(name, "", variant, planted_view(picture), places_of(picture))
    wrong = recovered(name, "", variant, planted_view(picture), places_of(mirrored(picture)))
    assert (True, False) == (right.right, wrong.right)


def test_the_other_sign_is_wrong() -> None:
    """A map whose evidence for FAKE lies on the patch for REAL is not right, in pixels and in bands."""
    picture = picture_for(Contract((SIDE, SIDE)))
    view, variant = planted_view(picture), Variant(Quadratic(), picture, 1000.0)
    for name in ("occlusion", "bands"):
        (told,) = frugal(name).explain(variant, [new_game(view, regions=36)], 0)
        negated = dataclasses.replace(told, values=-told.values, region_values=-told.region_values)
        plants = variant.places()[told.domain]
        assert (True, False) == (plants.found_by(told), plants.found_by(negated))


def test_the_variant_adds_what_was_planted_and_takes_half() -> None:
    """The patch for FAKE adds the gain to the model's logit, the one for REAL takes half of it, and nothing else counts."""
    engine, picture = Quadratic(), picture_for(Contract((SIDE, SIDE)))
    before, both = picture.original.astype(np.float32), picture.pixels.astype(np.float32)
    only = before.copy()
    only[picture.fake.rows_and_columns] = both[picture.fake.rows_and_columns]
    views = np.stack([before, only, both])
    added = Variant(engine, picture, 10.0).score(views) - engine.score(views)
    np.testing.assert_allclose([0.0, 10.0, 5.0], added, atol=1e-3)


@pytest.mark.parametrize("size", [(32, 32), (64, 200), (224, 224), (300, 128)])
def test_a_planted_picture_fits_its_size(size: tuple[int, int]) -> None:
    """Both patches lie inside, in different halves, and change the picture nowhere else."""
    picture = picture_for(Contract(size))
    changed = (picture.pixels != picture.original).any(axis=2)
    assert (*size, 3) == picture.pixels.shape
    for box in (picture.fake, picture.real):
        assert changed[box.rows_and_columns].all()
        changed[box.rows_and_columns] = False
    assert not changed.any()
    assert min(picture.fake.right, picture.real.right) <= size[1] // 2 <= max(picture.fake.left, picture.real.left)


def test_pictures_too_small_for_patches_are_refused() -> None:
    """A model of tiny pictures cannot hold two patches apart, and the sentence says what is needed."""
    with pytest.raises(ContractError, match=r"more than 24 pixels across and 12 down\. Received: 12 × 24"):
        picture_for(Contract((12, 24)))


def test_sound_answers_are_right() -> None:
    """An engine whose answers repeat, hang on no batch and agree with its gradients has nothing wrong."""
    engine = Quadratic()
    found = [
        facts.repeats(engine, "", batch()),
        facts.alone(engine, "", batch()),
        facts.gradients_add_up(engine, "", way()),
        facts.layer_adds_up(engine, "", way()),
    ]
    assert [True] * 4 == [one.right for one in found]


def test_chance_is_found() -> None:
    """Scores with noise do not repeat."""
    engine, random = Quadratic(), np.random.default_rng(0)
    calm = engine._logits
    engine._logits = lambda views: calm(views) + random.normal(0, 1e-3, len(views))
    assert facts.repeats(engine, "", batch()).right is False


def test_a_score_that_hangs_on_its_batch_is_found() -> None:
    """As in a network whose batch normalisation still learns: who else is in the batch moves the score."""
    engine = Quadratic()
    calm = engine._logits
    engine._logits = lambda views: calm(views) - calm(views).mean()
    assert facts.alone(engine, "", batch()).right is False


@pytest.mark.parametrize("wrong", [lambda g: -g, lambda g: g * 1.2, lambda g: g[:, :, ::-1], lambda g: g * 0])
def test_a_wrong_gradient_is_found(wrong: Callable[[np.ndarray], np.ndarray], monkeypatch: pytest.MonkeyPatch) -> None:
    """Negated, a fifth too large, mirrored, or nothing: it does not add up to the change of the score."""
    right = Quadratic.gradient
    monkeypatch.setattr(Quadratic, "gradient", lambda self, views: (self.score(views), wrong(right(self, views)[1])))
    assert facts.gradients_add_up(Quadratic(), "", way()).right is False


def test_a_score_that_goes_around_the_layer_says_nothing_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gradients there that tell a part of the change are no fault; a tapped model that scores otherwise is one."""
    right = Quadratic.tap

    def half(self: Quadratic, views: Views, layer: str | None = None) -> Tapped:
        tapped = right(self, views, layer)
        return dataclasses.replace(tapped, gradients=tapped.gradients / 2)

    def other(self: Quadratic, views: Views, layer: str | None = None) -> Tapped:
        tapped = right(self, views, layer)
        return dataclasses.replace(tapped, logits=tapped.logits + 1)

    found: list[bool | None] = []
    for made in (half, other):
        monkeypatch.setattr(Quadratic, "tap", made)
        found.append(facts.layer_adds_up(Quadratic(), "", way()).right)
    assert [None, False] == found


def test_a_few_subjects_stand_for_all() -> None:
    """Both majors, both runtimes and both domains are among the few that are tried without --all."""
    assert {2, 3} == {one.major for one in FEW}
    assert {"tensorflow", "onnxruntime"} == {one.runtime for one in FEW}
    assert {True, False} == {one.dct for one in FEW}


@pytest.mark.keras
def test_this_machine_is_right() -> None:
    """Planted detectors through everything that the folders hold: nothing is wrong, and little cannot be tried."""
    from xaifake.audit.selftest import of_machine

    found = list(of_machine())
    assert [] == [one for one in found if one.right is False]
    assert {("scorecam", str(FEW[3]))} == {(one.test, one.subject) for one in found if one.right is None}


@pytest.mark.keras
def test_what_is_not_installed_is_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without ONNX Runtime or Keras 2 the self test says so, and goes on."""
    from xaifake.audit.selftest import explaining

    monkeypatch.setattr(explaining, "available", lambda: False)
    monkeypatch.setattr(explaining, "find_spec", lambda _: None)
    found = list(explaining.on_planted([Planted(2), Planted(3, runtime="onnxruntime")]))
    assert ["tf_keras is not installed", "onnxruntime or tf2onnx is not installed"] == [f.found for f in found[:2]]
    assert [None, None] == [one.right for one in found[:2]]


@pytest.mark.keras
@pytest.mark.parametrize(("dct", "spec"), [(False, "pixel"), (True, "dct"), (True, "dct:log")])
def test_a_model_is_right_in_every_domain(dct: bool, spec: str) -> None:
    """The variant of a planted model, and its facts; in logarithms no map of the variant can be tried."""
    from xaifake import wrap_model
    from xaifake.audit.selftest import of_detector
    from xaifake.detector.planted import planted_model
    from xaifake.detector.planted_dct import planted_dct_model

    model = planted_dct_model(log="log" in spec) if dct else planted_model(2, "twice nested")
    found = {one.test: one.right for one in of_detector(wrap_model(model, domain=spec))}
    assert False not in found.values()
    assert {"gradient": True, "layer": True, "weights": True, "repeats": True}.items() <= found.items()
    assert {None if "log" in spec else True} == {found["occlusion"], found["integrated_gradients"]}


@pytest.mark.keras
def test_a_change_of_the_model_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Weights or a file that are not what they were make the last findings wrong."""
    from xaifake import load_detector
    from xaifake.audit.selftest import of_detector
    from xaifake.detector.engine import Detector
    from xaifake.detector.planted import planted_model

    path = tmp_path / "planted.keras"
    planted_model().save(path)

    def vandal(self: Any, share: float, seed: int) -> None:  # noqa: ARG001 - it is called so
        weights = self.model.weights[0]
        weights.assign(np.asarray(weights) + 1)
        path.write_bytes(path.read_bytes() + b" ")

    detector = load_detector(path, runtime="tensorflow")
    monkeypatch.setattr(Detector, "randomised", vandal)
    found = {one.test: one.right for one in of_detector(detector)}
    assert (False, False) == (found["weights"], found["file"])


def test_an_explainer_that_breaks_is_wrong() -> None:
    """An error is a finding, with what was said."""
    engine, picture = NumpyEngine(lambda views: np.zeros(len(views)), (SIDE, SIDE)), planted_picture(size=(SIDE, SIDE))
    found = recovered("gradcam", "numpy", engine, planted_view(picture), {"pixel": Plants.on(picture)})
    assert (False, "NotImplementedError: ") == (found.right, found.found)


def said(outcome: str) -> dict[str, Counter[str]]:
    """Once, by every check."""
    return {name: Counter([outcome]) for name in plugins.names("check")}


@pytest.mark.keras
def test_a_check_that_believes_anything_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that lets every map hold up is right of true maps, and wrong of all others and of detectors that see nothing."""
    from xaifake.audit.selftest import checking
    from xaifake.checks.mattered import Mattered

    monkeypatch.setattr(checking, "TELLS", {"mattered": checking.TELLS["mattered"]})
    monkeypatch.setattr(checking, "blind", lambda _: said("held up"))
    monkeypatch.setattr(Mattered, "passes", lambda *_: True)
    found = {one.subject: one.right for one in checking.on_maps() if one.test == "check mattered"}
    others = dict.fromkeys(["inverted maps", "random maps", "shifted maps", "constant detector", "untrained network"], False)
    assert {"true maps": True, **others} == found


@pytest.mark.keras
def test_a_check_that_breaks_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error is a finding for each of its lines, and the other checks go on."""
    from xaifake.audit.selftest import checking
    from xaifake.checks.adds_up import AddsUp

    def broken(*_: object) -> None:
        raise RuntimeError("out of order\nby a trace")

    monkeypatch.setattr(AddsUp, "check", broken)
    monkeypatch.setattr(checking, "TELLS", {name: checking.TELLS[name] for name in ("adds_up", "mattered")})
    monkeypatch.setattr(checking, "blind", lambda _: said("not tested"))
    found = [one for one in checking.on_maps() if one.subject.endswith("maps")]
    assert {"RuntimeError: out of order"} == {one.found for one in found if one.test == "check adds_up"}
    assert {True} == {one.right for one in found if one.test == "check mattered"}
