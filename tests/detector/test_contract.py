"""The contract: what is stated is taken, what is not is inferred and said, and the file gives back what was written."""

from __future__ import annotations

import argparse
import tomllib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xaifake.detector.contract import (
    FIELDS,
    add_contract_arguments,
    add_model_arguments,
    checked,
    contract_path,
    find_contract,
    given_fields,
    infer,
    load_options,
    read_contract,
    write_contract,
)
from xaifake.detector.inspection.record import Inspection, TensorSpec
from xaifake.errors import ContractError, NotADetectorError, OutputError, UnknownNameError, UsageError
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


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("size", 128, (128, 128)),
        ("size", "128,96", (128, 96)),
        ("size", [128, 96], (128, 96)),
        ("range", "-1,1", (-1.0, 1.0)),
        ("mean", 0.5, (0.5,)),
        ("fake_index", 1, (1,)),
        ("fake_index", "1,2", (1, 2)),
        ("threshold", ".5", 0.5),
    ],
)
def test_natural_forms_are_taken(name: str, value: Any, expected: Any) -> None:
    """Text from a flag, TOML lists and plain Python numbers mean the same."""
    assert {name: expected} == checked({name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("size", 0),
        ("size", "128x96"),
        ("size", 99999),
        ("size", (1, 2, 3)),
        ("size", 12.5),
        ("range", (1, 0)),
        ("range", "0"),
        ("range", "0,inf"),
        ("std", 0),
        ("mean", (1, 2)),
        ("channels", "RGBA"),
        ("crop", True),
        ("head", "tanh"),
        ("fake_index", -1),
        ("fake_index", (1, 1)),
        ("fake_when", 1),
        ("threshold", 1.5),
        ("threshold", True),
        ("domain", 3),
    ],
)
def test_a_wrong_value_names_what_is_accepted_and_what_was_received(name: str, value: Any) -> None:
    """Each refusal is one line with the field, its flag and the value."""
    with pytest.raises(ContractError, match=rf"{name} must be .*--{name.replace('_', '-')}.*Received: ") as refusal:
        checked({name: value})
    assert "\n" not in str(refusal.value)


def test_a_mistyped_field_gets_a_hint() -> None:
    """An unknown field is refused with the nearest name."""
    with pytest.raises(UnknownNameError, match="Did you mean size"):
        checked({"sise": 128})


def test_an_unknown_domain_is_refused_by_name() -> None:
    """Domains are the plug-ins that exist."""
    with pytest.raises(UnknownNameError, match="pixel"):
        checked({"domain": "wavelet"})


def test_the_table_has_every_field_of_the_record() -> None:
    """Adding a field to the contract means adding it to the table, in the same order."""
    assert list(asdict(Contract(size=(1, 1)))) == list(FIELDS)


finite = st.floats(allow_nan=False, allow_infinity=False, width=32)
contracts = st.builds(
    Contract,
    size=st.tuples(st.integers(1, 8192), st.integers(1, 8192)),
    range=st.tuples(finite, finite).filter(lambda pair: pair[0] < pair[1]),
    mean=st.lists(finite, min_size=3, max_size=3).map(tuple),
    std=st.lists(st.floats(1e-30, 1e30), min_size=1, max_size=1).map(tuple),
    channels=st.sampled_from(["rgb", "bgr"]),
    resize=st.sampled_from(["bilinear", "opencv:area", "pil:bicubic", "tf:nearest", "tf:bilinear+antialias"]),
    crop=st.sampled_from(["face", "whole"]),
    head=st.sampled_from(["sigmoid", "softmax", "logit", "unknown"]),
    fake_index=st.lists(st.integers(0, 999), min_size=1, max_size=5, unique=True).map(tuple),
    fake_when=st.sampled_from(["high", "low"]),
    threshold=st.floats(0, 1),
)


@given(contract=contracts)
def test_a_written_contract_is_read_back_whole(contract: Contract, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Every field survives the TOML bit for bit, whatever its value and whatever is said of it."""
    path = tmp_path_factory.mktemp("contract") / "m.contract.toml"
    write_contract(contract, [Assumption("range", contract.range, "a guess (--range)")], path)
    assert asdict(contract) == read_contract(path)


def test_the_file_says_what_each_field_means_and_what_was_assumed(tmp_path: Path) -> None:
    """A person can edit the file without reading anything else."""
    contract, assumptions = infer(inspected(), {"crop": "face"})
    path = tmp_path / "m.contract.toml"
    write_contract(contract, assumptions, path)
    text = path.read_text(encoding="utf-8")
    for name, field in FIELDS.items():
        assert f"# {field.meaning}: {field.accepts}.\n" in text
        assert f"\n{name} = " in text
    assert len(assumptions) == text.count("# Assumed: ")
    assert tomllib.loads(text)["crop"] == "face"


def test_an_existing_contract_is_not_replaced_unasked(tmp_path: Path) -> None:
    """A person's edits are not lost to a second run."""
    path = tmp_path / "m.contract.toml"
    path.write_text("size = 64\n")
    with pytest.raises(OutputError, match="--force"):
        write_contract(Contract(size=(32, 32)), [], path)
    assert read_contract(path) == {"size": (64, 64)}
    write_contract(Contract(size=(32, 32)), [], path, force=True)
    assert read_contract(path)["size"] == (32, 32)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"sise = 3", "m.contract.toml.*Did you mean size"),
        (b"size = 'big'", "m.contract.toml: size must be"),
        (b"size = ", "not TOML"),
        (b"\xff\xfe", "not TOML"),
        (b"[nested]\nsize = 3", "no field of that name"),
    ],
)
def test_a_wrong_contract_file_gets_one_line_that_names_it(tmp_path: Path, content: bytes, sentence: str) -> None:
    """A misspelt field, a wrong type and broken TOML are each refused in one line."""
    path = tmp_path / "m.contract.toml"
    path.write_bytes(content)
    with pytest.raises((ContractError, UnknownNameError), match=sentence) as refusal:
        read_contract(path)
    assert "\n" not in str(refusal.value)


def test_a_missing_contract_file_is_refused(tmp_path: Path) -> None:
    """``--contract`` of a file that is not there."""
    with pytest.raises(ContractError, match="cannot be read"):
        read_contract(tmp_path / "none.toml")


def test_the_contract_lies_beside_the_model_under_its_stem(tmp_path: Path) -> None:
    """``meso.h5`` has ``meso.contract.toml``; a folder keeps its whole name."""
    assert find_contract(tmp_path / "meso.h5") is None
    (tmp_path / "meso.contract.toml").write_text("size = 3")
    assert tmp_path / "meso.contract.toml" == find_contract(tmp_path / "meso.h5")
    (tmp_path / "saved.v2").mkdir()
    assert contract_path(tmp_path / "saved.v2").name == "saved.v2.contract.toml"


def parsed(*line: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_contract_arguments(parser)
    add_model_arguments(parser)
    return parser.parse_args(line)


def test_flags_give_only_what_was_given() -> None:
    """Flags not on the command line state nothing."""
    assert given_fields(parsed()) == {}
    line = ("--size", "128,96", "--range", "-1,1", "--fake-index", "1,2", "--fake-when", "low", "--threshold", ".3")
    assert given_fields(parsed(*line)) == {
        "size": (128, 96),
        "range": (-1.0, 1.0),
        "fake_index": (1, 2),
        "fake_when": "low",
        "threshold": 0.3,
    }


def test_a_wrong_flag_is_a_usage_error() -> None:
    """The command line exits with 2 for a value that cannot be used."""
    with pytest.raises(UsageError, match=r"size must be .*--size.*Received: huge"):
        given_fields(parsed("--size", "huge"))


def test_loading_flags_are_the_keywords_of_the_library() -> None:
    """A command passes them on as they are."""
    line = ("--builder", "mesonet:build", "--custom-objects", "layers", "--allow-unsafe", "--contract", "c.toml")
    assert load_options(parsed(*line)) == {
        "contract": "c.toml",
        "builder": "mesonet:build",
        "custom_objects": "layers",
        "allow_unsafe": True,
    }
