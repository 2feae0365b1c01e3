"""What an attribution says of itself."""

from __future__ import annotations

import numpy as np

from xaifake.records import Attribution, Box


def attribution(values: list[float], errors: list[float] | None) -> Attribution:
    regions = np.arange(len(values), dtype=np.int32)[None]
    region_values = np.array(values, np.float32)
    return Attribution(
        method="shap",
        values=region_values[regions],
        unit="logit per region",
        domain="pixel",
        box=Box(0, 0, 1, len(values)),
        picture_size=(1, len(values)),
        options={},
        seed=0,
        calls=8,
        regions=regions,
        region_values=region_values,
        region_errors=None if errors is None else np.array(errors, np.float32),
    )


def test_a_sign_is_settled_from_1_96_standard_errors_on() -> None:
    """1.9 standard errors leave it open, on either side; 2 settle it; a value of 0 has no sign."""
    unsettled = attribution([1.9, 2.0, -1.9, -2.0, 0.0], [1.0, 1.0, 1.0, 1.0, 1.0]).unsettled

    assert unsettled is not None
    assert [True, False, True, False, False] == unsettled.tolist()


def test_nothing_is_said_of_signs_without_errors() -> None:
    """Where no errors are told, there is nothing to compare values with."""
    assert attribution([1.0, -1.0], None).unsettled is None


def test_a_silent_map_has_no_unsettled_signs() -> None:
    """Zeros whose errors are not zero are no evidence; they are not evidence that might turn."""
    unsettled = attribution([0.0, 0.0], [0.5, 0.5]).unsettled

    assert unsettled is not None
    assert not unsettled.any()
