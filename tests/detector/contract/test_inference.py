"""From what a file says to a whole contract: what is stated is taken, what is not is guessed and said."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xaifake.detector.contract import infer
from xaifake.detector.inspection.record import Inspection, TensorSpec
from xaifake.errors import ContractError, NotADetectorError
from xaifake.records import Assumption, Contract


def inspected(*shapes: tuple[int | None, ...], units: int | None = 1, head: str = "sigmoid", **told: Any) -> Inspection:
    """What inspection would say of a model with these inputs."""
    inputs = tuple(TensorSpec(f"input_{i}", shape) for i, shape in enumerate(shapes or [(None, 64, 64, 3)]))
    outputs = (TensorSpec("out", (None, units)),) if units else ()
    return Inspection("m.h5", "0" * 64, "keras 3 hdf5", inputs=inputs, outputs=outputs, head=head, **told)  # type: ignore[arg-type]


def assumed(assumptions: tuple[Assumption, ...]) -> dict[str, Any]:
    return {assumption.field: assumption.value for assumption in assumptions}


def test_a_plain_model_is_completed_and_every_guess_is_said() -> None:
    """The file tells size and head; everything else is a listed assumption with its flag."""
    contract, assumptions = infer(inspected((None, 128, 96, 3)), {})
    assert Contract(size=(128, 96)) == contract
    assert assumed(assumptions) == {
        "channels": "rgb",
        "range": (0.0, 1.0),
        "resize": "bilinear",
        "crop": "whole",
        "domain": "pixel",
        "threshold": 0.5,
        "fake_when": "high",
    }
    assert all("--" + a.field.replace("_", "-") in a.reason for a in assumptions)


def test_what_is_stated_is_taken_and_is_no_assumption() -> None:
    """A stated field has its value in the contract and none among the assumptions."""
    stated = {"channels": "bgr", "range": (-1, 1), "crop": "face", "fake_when": "low", "threshold": 0.3}
    contract, assumptions = infer(inspected(), stated)
    assert (
        contract.channels,
        contract.range,
        contract.crop,
        contract.fake_when,
        contract.threshold,
    ) == ("bgr", (-1.0, 1.0), "face", "low", 0.3)
    assert {"resize", "domain"} == set(assumed(assumptions))


@pytest.mark.parametrize(
    ("backbone", "expected"),
    [
        ("mobilenet_v2", {"size": (224, 224), "range": (-1.0, 1.0), "channels": "rgb"}),
        ("xception", {"size": (299, 299), "range": (-1.0, 1.0)}),
        ("efficientnetb4", {"size": (380, 380), "range": (0.0, 255.0)}),
        ("resnet50", {"range": (0.0, 255.0), "channels": "bgr", "mean": (103.939, 116.779, 123.68)}),
        ("resnet50v2", {"range": (-1.0, 1.0), "channels": "rgb", "mean": (0.0,)}),
        ("densenet121", {"range": (0.0, 1.0), "mean": (0.485, 0.456, 0.406), "std": (0.229, 0.224, 0.225)}),
        (None, {"size": (224, 224), "range": (0.0, 1.0), "mean": (0.0,), "std": (1.0,)}),
    ],
)
def test_a_known_backbone_is_fed_as_its_own_preprocessing_feeds_it(backbone: str | None, expected: dict[str, Any]) -> None:
    """Without Rescaling inside, a `keras.applications` network fixes usual size, range, mean, std and channel order."""
    contract, assumptions = infer(inspected((None, None, None, 3), backbone=backbone), {})
    assert expected == {name: getattr(contract, name) for name in expected}
    assert {"size", "range"} <= set(assumed(assumptions))


def test_rescaling_inside_wins_over_the_backbone() -> None:
    """A model that scales by itself is fed raw pixels, whatever network it holds."""
    contract, assumptions = infer(inspected(backbone="mobilenet_v2", rescaling_inside=True), {})
    assert (0.0, 255.0) == contract.range == assumed(assumptions)["range"]


def test_a_stated_range_leaves_nothing_of_the_backbones_preprocessing() -> None:
    """Whoever states the range of a ResNet detector does not silently get Caffe's means and BGR on top."""
    contract, _ = infer(inspected(backbone="resnet50"), {"range": (0, 1)})
    assert (contract.range, contract.mean, contract.channels) == ((0.0, 1.0), (0.0,), "rgb")


def test_one_channel_is_grey_by_the_files_own_word() -> None:
    """A single-channel input needs no guess about channels; the domain stays a guess even at 32×32."""
    contract, assumptions = infer(inspected((None, 32, 32, 1)), {})
    assert (contract.channels, contract.domain) == ("grey", "pixel")
    assert "channels" not in assumed(assumptions)
    assert "domain" in assumed(assumptions)


def test_two_outputs_assume_the_second_is_fake() -> None:
    """A two-way softmax: FAKE is assumed at index 1, and nothing is said of high or low."""
    contract, assumptions = infer(inspected(units=2, head="softmax"), {})
    assert (1,) == contract.fake_index == assumed(assumptions)["fake_index"]
    assert "fake_when" not in assumed(assumptions)


def test_many_classes_need_to_be_told_which_are_fake() -> None:
    """A 5-class model is refused, and taken once its FAKE outputs are named."""
    with pytest.raises(NotADetectorError, match=r"5 outputs.*--fake-index"):
        infer(inspected(units=5, head="softmax"), {})
    contract, _ = infer(inspected(units=5, head="softmax"), {"fake_index": "1,2"})
    assert contract.fake_index == (1, 2)


def test_several_inputs_of_one_shape_are_one_picture() -> None:
    """Two branches that take the same picture make a detector; two different shapes do not."""
    contract, _ = infer(inspected((None, 64, 64, 3), (None, 64, 64, 3)), {})
    assert contract.size == (64, 64)
    with pytest.raises(NotADetectorError, match="one and the same shape"):
        infer(inspected((None, 64, 64, 3), (None, 10)), {})


@pytest.mark.parametrize(
    ("shape", "sentence"),
    [
        ((None, 40), "does not take pictures"),
        ((None, 10, 64, 64, 3), "does not take pictures"),
        ((None, 3, 64, 64), "channels first"),
        ((None, 3, None, None), "channels first"),
        ((None, 64, 64, 4), "1 channel .* or 3"),
    ],
)
def test_what_takes_no_picture_is_refused(shape: tuple[int | None, ...], sentence: str) -> None:
    """Wrong rank, channels first and four channels each get one sentence that shows the shape."""
    with pytest.raises(NotADetectorError, match=sentence) as refusal:
        infer(inspected(shape), {})
    assert "\n" not in str(refusal.value)


def test_an_output_with_a_grid_is_refused() -> None:
    """A segmentation model is no detector."""
    told = inspected()
    grid = Inspection(**{**vars(told), "outputs": (TensorSpec("out", (None, 64, 64, 1)),)})
    with pytest.raises(NotADetectorError, match=r"\(batch, scores\)"):
        infer(grid, {})


def test_two_output_tensors_are_refused() -> None:
    """A model with two heads is no detector."""
    told = inspected()
    with pytest.raises(NotADetectorError, match="one output"):
        infer(Inspection(**{**vars(told), "outputs": told.outputs * 2}), {})


def test_a_file_that_tells_no_input_needs_the_size() -> None:
    """Weights and SavedModels do not state the input: the size is asked for."""
    nothing = Inspection("w.h5", "0" * 64, "legacy weights")
    with pytest.raises(ContractError, match="--size 224"):
        infer(nothing, {})
    assert infer(nothing, {"size": 96})[0].size == (96, 96)


@pytest.mark.parametrize(
    ("stated", "sentence"),
    [
        ({"size": 100}, "64,64"),
        ({"channels": "grey"}, "rgb or bgr"),
        ({"channels": "rgb", "mean": (1.0, 2.0, 3.0, 4.0)}, "mean must be"),
    ],
)
def test_a_contract_that_does_not_fit_its_model_is_refused(stated: dict[str, Any], sentence: str) -> None:
    """A stated size, channel order or mean that the model cannot be fed by is refused with what would fit."""
    with pytest.raises(ContractError, match=sentence):
        infer(inspected(), stated)


def test_three_means_do_not_fit_a_grey_input() -> None:
    """Mean and std have one number, or one a channel."""
    with pytest.raises(ContractError, match="1 channels"):
        infer(inspected((None, 32, 32, 1)), {"mean": (1, 2, 3)})


def test_a_transform_keeps_as_much_of_the_view_as_the_model_takes() -> None:
    """With the view's size stated, the block is the input's side; raw pixels and grey follow from domain and input."""
    contract, assumptions = infer(inspected((None, 32, 32, 1)), {"domain": "dct", "size": 64})
    assert ((64, 64), "dct:block=32", "grey", (0.0, 255.0)) == (
        contract.size,
        contract.domain,
        contract.channels,
        contract.range,
    )
    assert {"range", "resize", "crop", "threshold", "fake_when"} == set(assumed(assumptions))


def test_a_transform_is_taken_to_keep_all_of_the_view() -> None:
    """Without a stated size the view has the input's sides, which is an assumption."""
    contract, assumptions = infer(inspected((None, 32, 48, 3)), {"domain": "dct:log"})
    assert ((32, 48), "dct:log") == (contract.size, contract.domain)
    assert assumed(assumptions)["size"] == (32, 48)


@pytest.mark.parametrize(
    ("stated", "received"),
    [
        ({"domain": "dct", "size": 16}, r"makes 16,16 of the view.*Received: 16,16 in dct$"),
        ({"domain": "dct:block=24", "size": 64}, r"makes 24,24 of the view.*Received: 64,64 in dct:block=24$"),
        ({"domain": "dct:block=24"}, r"makes 24,24 of the view.*Received: 32,32 in dct:block=24$"),
    ],
)
def test_a_transform_that_does_not_fit_its_model_is_refused(stated: dict[str, Any], received: str) -> None:
    """The message tells what the domain makes, what the input is, and the flags."""
    with pytest.raises(ContractError, match=r"fixed to 32,32, and the domain " + received):
        infer(inspected((None, 32, 32, 1)), stated)


def test_statistics_are_noted_by_their_digest(tmp_path: Path) -> None:
    """A completed contract names the file's SHA-256, so that a case says which statistics it was made with."""
    np.savez(tmp_path / "s.npz", mean=np.zeros((32, 32)), std=np.ones((32, 32)))
    digest = hashlib.sha256((tmp_path / "s.npz").read_bytes()).hexdigest()
    contract, _ = infer(inspected((None, 32, 32, 1)), {"domain": f"dct:statistics={tmp_path / 's.npz'}"})
    assert contract.domain == f"dct:statistics={tmp_path / 's.npz'}:sha256={digest}"
