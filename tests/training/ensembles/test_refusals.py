"""What is no member of an ensemble, and what no ensemble can be: refused before anything is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from members_made import SIDE, cnn, kept, net
from small_models import small

from xaifake import wrap_model
from xaifake.detector.runtime import keras
from xaifake.errors import ContractError, NotADetectorError, UsageError
from xaifake.training.ensembles.ensembling import ensemble, members_of
from xaifake.training.ensembles.writing import keep_ensemble
from xaifake.training.keeping import Outputs

pytestmark = pytest.mark.keras


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
