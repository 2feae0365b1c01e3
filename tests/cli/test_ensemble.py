"""``xaifake ensemble``: from model files to one that explains with no flag."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from small_models import SIDE, randomised, small

from xaifake import load_detector
from xaifake.__main__ import main
from xaifake.detector.runtime import keras
from xaifake.training.card import read_card
from xaifake.training.keeping import Outputs

CONTRACT = """
size = {size}
range = [0, 1]
mean = 0
std = 1
channels = "rgb"
resize = "bilinear"
crop = "whole"
domain = "pixel"
fake_when = "{fake_when}"
threshold = 0.5
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two models with contracts, and one without."""
    made = tmp_path_factory.mktemp("models")
    for name, seed, fake_when in (("a", 1, "high"), ("b", 2, "low"), ("assumed", 3, None)):
        randomised(small(keras(3)), seed).save(made / f"{name}.keras")
        if fake_when:
            (made / f"{name}.contract.toml").write_text(CONTRACT.format(size=SIDE, fake_when=fake_when))
    return made


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Noise, dark or bright."""
    place, random = tmp_path_factory.mktemp("data"), np.random.default_rng(0)
    for number in range(16):
        side = place / ("fake" if number % 2 else "real")
        side.mkdir(exist_ok=True)
        pixels = random.integers(0, 128, (SIDE, SIDE, 3)) + 100 * (number % 2)
        Image.fromarray(pixels.astype(np.uint8)).save(side / f"{number}.png")
    return place


def models(folder: Path, *names: str) -> list[str]:
    """Their paths."""
    return [str(folder / f"{name}.keras") for name in names]


@pytest.mark.keras
def test_a_mean_needs_no_flag(folder: Path, tmp_path: Path, picture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Model, contract and card lie there; the model scores as the mean of its members, and explains."""
    out = tmp_path / "E.keras"
    assert 0 == main(["ensemble", *models(folder, "a", "b"), "-o", str(out)])
    printed = capsys.readouterr().out
    assert "a  +0.5000" in printed
    assert "Grad-CAM looks into one layer, here b/network/evidence" in printed
    assert f"wrote {out}" == printed.splitlines()[-1]
    assert {"E.keras", "E.contract.toml", "E.card.json"} == {file.name for file in tmp_path.iterdir()} - {picture.name}
    whole = load_detector(out)
    views = np.random.default_rng(0).integers(0, 256, (2, SIDE, SIDE, 3), np.uint8)
    expected = np.mean([load_detector(one).logits(list(views)) for one in models(folder, "a", "b")], axis=0)
    np.testing.assert_allclose(whole.logits(list(views)), expected, atol=1e-5)
    options = ["--methods", "gradcam,lime", "--checks", "none", "-o", str(tmp_path / "out")]
    assert 0 == main(["explain", str(out), str(picture), *options])


@pytest.mark.keras
def test_weights_are_divided_by_their_sum(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And --json prints the card and nothing else."""
    out = tmp_path / "E.keras"
    assert 0 == main(["ensemble", *models(folder, "a", "b"), "-o", str(out), "--weights", "3,1", "--size", "20", "--json"])
    card = json.loads(capsys.readouterr().out)
    assert "Ensemble of a, b" == card["title"] == read_card(Outputs(out).card).title
    assert [20, 20] == card["contract"]["size"]
    kernel = load_detector(out).model.get_layer("logit").get_weights()[0]
    assert [0.25, 0.75] == sorted(kernel[:, 0].tolist())


@pytest.mark.keras
def test_labelled_pictures_give_weights(
    folder: Path, labelled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The ensemble that they stack tells these easy classes apart at one half."""
    out = tmp_path / "E.keras"
    assert 0 == main(["ensemble", *models(folder, "a", "b"), "-o", str(out), "--stacked", str(labelled)])
    assert "weights by 8 fake and 8 real pictures, 0 left out" in capsys.readouterr().out
    found = {
        side: [one.label for one in load_detector(out).predict(sorted((labelled / side).iterdir()))]
        for side in ("fake", "real")
    }
    assert {"fake": ["FAKE"] * 8, "real": ["REAL"] * 8} == found


@pytest.mark.keras
def test_a_member_whose_contract_is_assumed_is_refused(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Named after an @, a contract may be given instead."""
    command = ["ensemble", *models(folder, "a"), "-o", str(tmp_path / "E.keras")]
    assert 1 == main([*command[:2], *models(folder, "assumed"), *command[2:]])
    assert "A member's contract must be stated whole" in capsys.readouterr().err
    assert [] == list(tmp_path.iterdir())
    stated = f"{folder / 'assumed.keras'}@{folder / 'b.contract.toml'}"
    assert 0 == main([*command[:2], stated, *command[2:]])


@pytest.mark.keras
def test_nothing_is_overwritten_without_force(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --force, the same command writes the same model."""
    command = ["ensemble", *models(folder, "a", "b"), "-o", str(tmp_path / "E.keras")]
    (tmp_path / "E.keras").write_bytes(b"another's")
    assert 1 == main(command)
    assert "--force replaces it" in capsys.readouterr().err
    assert b"another's" == (tmp_path / "E.keras").read_bytes()
    assert 0 == main([*command, "--force"])
    assert () == load_detector(tmp_path / "E.keras").assumptions


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["-o", "E.h5"], "-o MODEL.keras. Received: E.h5"),
        (["-o", "E.keras", "--weights", "1,-1"], "--weights takes numbers from 0"),
        (["-o", "E.keras", "--weights", "0,0"], "--weights takes numbers from 0"),
        (["-o", "E.keras", "--weights", "much"], "Received: much"),
        (["-o", "E.keras", "--size", "0"], "size must be one number for a square"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_any_model_is_read(
    options: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With exit code 2, as every wrong use."""
    monkeypatch.chdir(tmp_path)
    assert 2 == main(["ensemble", "a.keras", "b.keras", *options])
    assert message in capsys.readouterr().err
