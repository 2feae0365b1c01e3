"""``xaifake contract``: a file to edit, written from what the model file says of itself."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from xaifake.__main__ import main
from xaifake.detector.contract import read_contract


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A detector as Keras 3 writes it to HDF5, made without Keras."""
    layers = [
        ("InputLayer", {"batch_shape": [None, 96, 64, 3], "dtype": "float32", "name": "input"}),
        ("Conv2D", {"name": "conv", "trainable": True, "filters": 2, "kernel_size": [3, 3], "activation": "relu"}),
        ("GlobalAveragePooling2D", {"name": "pool", "trainable": True}),
        ("Dense", {"name": "score", "trainable": True, "units": 1, "activation": "sigmoid"}),
    ]
    config = {"name": "m", "layers": [{"class_name": name, "config": config} for name, config in layers]}
    path = tmp_path / "m.h5"
    with h5py.File(path, "w") as file:
        file.attrs.update(backend="tensorflow", keras_version="3.15.1")
        file.attrs["model_config"] = json.dumps({"class_name": "Sequential", "config": config})
        file["model_weights/conv/kernel"] = np.zeros((3, 3, 3, 2), np.float32)
    return path


def test_the_contract_lies_beside_the_model_and_every_assumption_is_said(
    model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It prints where it wrote and what nobody stated; the file holds the size that the model states."""
    assert main(["contract", str(model)]) == 0
    written = model.with_name("m.contract.toml")
    first, *rest = capsys.readouterr().out.splitlines()
    assert first == f"wrote {written}"
    assert {line.split()[1] for line in rest} == {
        "channels",
        "range",
        "resize",
        "crop",
        "domain",
        "threshold",
        "fake_when",
    }
    assert read_contract(written)["size"] == (96, 64)
    assert read_contract(written)["head"] == "sigmoid"


def test_flags_go_into_the_file_and_are_no_assumptions(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is stated on the command line is written as stated, elsewhere if asked."""
    target = model.with_name("mine.toml")
    assert main(["contract", str(model), "-o", str(target), "--fake-when", "low", "--range", "-1,1"]) == 0
    assert "fake_when" not in capsys.readouterr().out
    assert (read_contract(target)["fake_when"], read_contract(target)["range"]) == ("low", (-1.0, 1.0))


def test_a_file_is_replaced_only_with_force(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A second run leaves a person's edits alone and says how to replace them."""
    assert main(["contract", str(model), "--crop", "face"]) == 0
    assert main(["contract", str(model)]) == 1
    assert "--force" in capsys.readouterr().err
    assert read_contract(model.with_name("m.contract.toml"))["crop"] == "face"
    assert main(["contract", str(model), "--force"]) == 0
    assert read_contract(model.with_name("m.contract.toml"))["crop"] == "whole"


def test_a_contract_can_start_from_another(model: Path, tmp_path: Path) -> None:
    """--contract FILE is taken over, and single flags win over it."""
    base = tmp_path / "base.toml"
    base.write_text('crop = "face"\nthreshold = 0.2\n')
    assert main(["contract", str(model), "--contract", str(base), "--threshold", ".6"]) == 0
    written = read_contract(model.with_name("m.contract.toml"))
    assert (written["crop"], written["threshold"]) == ("face", 0.6)


@pytest.mark.parametrize(
    ("flags", "code", "sentence"),
    [
        (["--size", "huge"], 2, "size must be"),
        (["--size", "224"], 1, "96,64"),
        (["--domain", "wavelet"], 2, "no domain of that name"),
        (["--contract", "none.toml"], 1, "cannot be read"),
        (["-o", "no/such/folder/m.toml"], 1, "no/such/folder"),
    ],
)
def test_what_is_wrong_gets_one_line_and_an_exit_code(
    model: Path, flags: list[str], code: int, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """2 for a command line that cannot be used, 1 for everything else; nothing is written."""
    assert main(["contract", str(model), *flags]) == code
    error = capsys.readouterr().err
    assert sentence in error
    assert error.count("\n") == 1
    assert not model.with_name("m.contract.toml").exists()


def test_the_model_is_never_loaded(model: Path) -> None:
    """No TensorFlow in the process that writes a contract."""
    code = (
        "import sys; from xaifake.__main__ import main; "
        f"main(['contract', {str(model)!r}]); sys.exit('tensorflow' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
