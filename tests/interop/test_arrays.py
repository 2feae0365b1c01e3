"""What Quantus and Captum are given is what the detector was fed and what its maps say, in those packages' shapes."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from light import light_detector
from synthetic import astronaut, make_case

from xaifake.errors import ContractError, UnknownNameError, UsageError
from xaifake.interop import arrays
from xaifake.records import Case


def cases(**contract: Any) -> list[Case]:
    """Two cases of one contract."""
    made = [make_case(), make_case(astronaut()[::-1].copy())]
    return [replace(case, contract=replace(case.contract, **contract)) for case in made]


def test_quantus_is_given_what_the_detector_receives() -> None:
    """``x_batch`` equals the engine's own input bit for bit, channels first or last; labels and maps go with it."""
    detector = light_detector()
    light = [replace(case, contract=detector.contract) for case in cases()]
    fed = detector.input(np.stack([view.pixels for view in detector.view([case.face for case in light])]))

    first, last = (arrays.quantus(light, "gradcam", channel_first=first) for first in (True, False))

    np.testing.assert_array_equal(last["x_batch"], fed)
    np.testing.assert_array_equal(first["x_batch"], np.moveaxis(fed, 3, 1))
    assert [first[name].shape for name in ("x_batch", "y_batch", "a_batch")] == [(2, 3, 32, 32), (2,), (2, 1, 32, 32)]
    assert [str(first[name].dtype) for name in ("x_batch", "y_batch", "a_batch")] == ["float32", "int64", "float32"]
    assert last["a_batch"].shape == (2, 32, 32, 1)


def test_what_a_region_or_a_cell_is_worth_is_shared_out_over_its_pixels() -> None:
    """The pixels of a region sum to its value in logits, those of a grid to the grid's sum."""
    case = cases()[0]
    cells = case.attributions["gradcam"].values
    assert arrays.quantus([case], "gradcam")["a_batch"].sum() == pytest.approx(cells.sum(), rel=0.02)
    told = arrays.quantus([case], "shap")["a_batch"][0, 0]
    shap = case.attributions["shap"]
    sums = np.bincount(shap.regions.ravel(), told.ravel())
    np.testing.assert_allclose(sums, shap.region_values, rtol=1e-4)


@pytest.mark.parametrize(
    ("contract", "given", "output", "sign"),
    [
        ({"head": "sigmoid"}, None, 0, 1),
        ({"head": "logit", "fake_when": "low"}, None, 0, -1),
        ({"head": "softmax", "fake_index": (1,)}, None, 1, 1),
        ({"head": "unknown", "fake_index": (0,)}, 3, 3, 1),
    ],
)
def test_maps_explain_the_output_that_is_named(contract: dict[str, Any], given: Any, output: int, sign: int) -> None:
    """Positive pixels raise the output in ``y_batch``, also where it is a score for REAL."""
    made = cases(**contract)
    told = arrays.quantus(made, "shap", output=given)
    assert told["y_batch"].tolist() == [output, output]
    expected = sign * np.stack([case.attributions["shap"].density(128, 128) for case in made])
    np.testing.assert_array_equal(told["a_batch"][:, 0], expected)


def test_captum_is_given_one_part_for_each_channel() -> None:
    """``attributions`` has the shape of ``inputs``, and adds up to the map over its channels."""
    made = cases()
    told, maps = arrays.captum(made, "lime"), arrays.quantus(made, "lime")["a_batch"]
    assert told["inputs"].shape == told["attributions"].shape == (2, 3, 128, 128)
    np.testing.assert_allclose(told["attributions"].sum(axis=1, keepdims=True), maps, rtol=1e-6)
    assert told["target"].tolist() == [0, 0]


def test_they_are_kept_as_npz() -> None:
    """The arrays go into an NPZ, and come back, without pickles."""
    told, memory = arrays.quantus(cases(), "gradcam"), io.BytesIO()
    np.savez(memory, **told)
    memory.seek(0)
    with np.load(memory, allow_pickle=False) as kept:
        for name, array in told.items():
            np.testing.assert_array_equal(kept[name], array)


def test_what_does_not_fit_is_refused() -> None:
    """No cases, several contracts, other domains, a missing method and several FAKE outputs are refused in a sentence."""
    made = cases()
    elsewhere = replace(made[0].attributions["gradcam"], domain="dct")
    with pytest.raises(UsageError, match="at least one case"):
        arrays.quantus([], "shap")
    with pytest.raises(ContractError, match=r"one detector.*Received: 2 contracts"):
        arrays.quantus([*made, *cases(threshold=0.9)], "shap")
    with pytest.raises(UsageError, match=r"fed no pixels. Received: the domain dct:block=8"):
        arrays.captum(cases(domain="dct:block=8"), "shap")
    with pytest.raises(UsageError, match=r"lies on what the model is fed. Received: gradcam in dct"):
        arrays.quantus([replace(made[0], attributions={"gradcam": elsewhere})], "gradcam")
    with pytest.raises(UnknownNameError, match="Received: parts"):
        arrays.quantus(made, "parts")
    with pytest.raises(UsageError, match=r"which one is high for FAKE \(output\). Received: a head softmax"):
        arrays.captum(cases(head="softmax", fake_index=(1, 2)), "shap")
