"""The user's own modules: the classes a model is made of, and the function that builds it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from small_models import expected_logits, saved, small, views, weights_only

from xaifake.detector.loading import load_detector
from xaifake.detector.loading.user_code import user_module
from xaifake.detector.runtime import keras
from xaifake.errors import UsageError

pytestmark = pytest.mark.keras

GATE = """
from {keras} import layers

class Gate(layers.Layer):
    def call(self, x):
        return x * 2
"""


@pytest.mark.parametrize(("major", "name"), [(3, "m.keras"), (3, "m.h5"), (2, "m.keras"), (2, "m.h5")])
def test_custom_layers_come_with_the_users_module(
    major: int, name: str, tmp_path: Path, module: Callable[[str, str], str]
) -> None:
    """Without the module its absence is said; with it, as a name, a path or a mapping, the model answers as it did."""
    named = module(f"gates_{major}_{name.partition('.')[2]}", GATE.format(keras="keras" if major == 3 else "tf_keras"))
    gate = user_module(named).Gate
    model = small(keras(major), gate())
    path = saved(model, tmp_path / name)
    with pytest.raises(UsageError, match=r"Gate.*--custom-objects"):
        load_detector(path)
    for objects in (named, f"{named}.py", {"Gate": gate}):
        np.testing.assert_allclose(
            load_detector(path, custom_objects=objects).score(views()), expected_logits(model), atol=1e-4
        )


@pytest.mark.parametrize(("major", "name"), [(3, "m.keras"), (3, "m.h5"), (2, "m.keras"), (2, "m.h5")])
def test_registered_layers_come_with_their_module(
    major: int, name: str, tmp_path: Path, module: Callable[[str, str], str]
) -> None:
    """A layer saved under its package's name is found once its module has been imported."""
    package = "keras" if major == 3 else "tf_keras"
    source = GATE.format(keras=package).replace(
        "class", f"import {package}\n@{package}.saving.register_keras_serializable('mine')\nclass"
    )
    named = module(f"registered_{major}_{name.partition('.')[2]}", source)
    model = small(keras(major), user_module(named).Gate())
    path = saved(model, tmp_path / name)
    detector = load_detector(path, custom_objects=named)
    np.testing.assert_allclose(detector.score(views()), expected_logits(model), atol=1e-4)


def test_a_module_that_cannot_be_imported_gets_one_line(tmp_path: Path, module: Callable[[str, str], str]) -> None:
    """A missing module, and one that fails on import."""
    path = saved(small(keras(3)), tmp_path / "m.keras")
    with pytest.raises(UsageError, match="nowhere"):
        load_detector(path, custom_objects="nowhere")
    with pytest.raises(UsageError, match="ZeroDivisionError"):
        load_detector(path, custom_objects=module("broken", "1 / 0"))


@pytest.mark.parametrize(
    ("builder", "sentence"),
    [("nocolon", "MODULE:FUNCTION"), ("os:nothing", "must be a function"), ("builtins:input", "The builder failed")],
)
def test_a_wrong_builder_gets_one_line(builder: str, sentence: str, tmp_path: Path) -> None:
    """A name that cannot be split, that leads nowhere, or whose function fails."""
    path = weights_only(tmp_path / "w.weights.h5")
    with pytest.raises(UsageError, match=sentence):
        load_detector(path, builder=builder)
