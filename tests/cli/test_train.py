"""``xaifake train`` as a person runs it: what it leaves, that all else takes it with no flag, how it goes on and refuses."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from learnable import SIDE, folder_of

import xaifake
from xaifake.__main__ import main
from xaifake.training.card import card_bytes, read_card
from xaifake.training.plan import Plan

pytestmark = pytest.mark.keras
COUNT = 60
QUICK = ("--size", str(SIDE), "--epochs", "6", "--batch", "16", "--augment", "flip", "--learning-rate", "0.01")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty pictures of each class."""
    return folder_of(tmp_path_factory.mktemp("data") / "faces", COUNT)


@pytest.fixture(scope="module")
def model(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A detector that the command trained, with its audit."""
    path = tmp_path_factory.mktemp("out") / "small.keras"
    assert main(["train", "cnn:size=tiny", str(data), "-o", str(path), *QUICK]) == 0
    return path


def test_all_that_comes_out_lies_beside_the_model(model: Path) -> None:
    """Contract, card, curves, split and audit bear the model's name; of the work only what eyes may want to see is left."""
    expected = {
        "small.keras",
        "small.contract.toml",
        "small.card.json",
        "small.curves.svg",
        "small.split.csv",
        "small.audit",
        "small.training",
    }
    assert expected == {path.name for path in model.parent.iterdir()}
    assert ["logs"] == [path.name for path in (model.parent / "small.training").iterdir()]
    assert (model.parent / "small.audit" / "audit.html").is_file()


def test_the_card_says_how_it_was_made(model: Path) -> None:
    """Parts, epochs and error rates stand in the card, and its bytes are those of the record that is read back."""
    card = read_card(model.with_name("small.card.json"))
    assert card_bytes(card) == model.with_name("small.card.json").read_bytes()
    assert 2 * COUNT == sum(part.pictures for part in card.parts)
    assert {"train", "validation", "test"} == {part.name for part in card.parts}
    assert {"validation", "test"} == set(card.performance)
    assert card.epochs[card.chosen - 1].validation_loss == min(epoch.validation_loss for epoch in card.epochs)
    assert card.performance["test"].rates["auc"].value > 0.9


def test_the_audit_is_of_the_test_part(model: Path) -> None:
    """The audit counts the pictures of the test part, and finds the AUC of the card."""
    card = read_card(model.with_name("small.card.json"))
    audit = json.loads((model.parent / "small.audit" / "audit.json").read_text())
    (test,) = (part for part in card.parts if part.name == "test")
    assert test.pictures == audit["data"]["pictures"]
    assert card.performance["test"].rates["auc"].value == pytest.approx(audit["performance"]["rates"]["auc"]["value"])


def test_explain_takes_it_with_no_flag(model: Path, data: Path, tmp_path: Path) -> None:
    """Nothing of the contract is assumed: all of it is stated beside the model."""
    face = next((data / "fake").iterdir())
    assert main(["explain", str(model), str(face), "-o", str(tmp_path), "--methods", "gradcam", "--checks", "none"]) == 0
    (record,) = tmp_path.glob("*.json")
    assert not json.loads(record.read_text())["assumptions"]


def test_the_split_is_a_manifest(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The table of parts is a data set: an audit reads it and tells the parts apart."""
    out = tmp_path / "audit"
    quick = ("--sample", "0", "--changed", "0", "--no-report", "--json")
    assert main(["audit", str(model), str(model.with_name("small.split.csv")), "-o", str(out), *quick]) == 0
    assert {"test", "train", "validation"} == set(json.loads(capsys.readouterr().out)["data"]["splits"])


def test_a_finished_model_is_not_replaced_unasked(model: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same command again is refused in a sentence, and nothing changes."""
    before = model.read_bytes()
    assert main(["train", "cnn:size=tiny", str(data), "-o", str(model), *QUICK]) == 1
    assert "--force replaces it" in capsys.readouterr().err
    assert before == model.read_bytes()


def test_stopped_and_killed_training_goes_on_to_the_same_bytes(model: Path, data: Path, tmp_path: Path) -> None:
    """Asked to end after one epoch, killed after another and begun again, it writes the model of an uninterrupted run."""
    path = tmp_path / "small.keras"
    command = [sys.executable, "-m", "xaifake", "train", "cnn:size=tiny", str(data), "-o", str(path), *QUICK, "--no-audit"]
    for end, code, epoch in ((signal.SIGTERM, 143, "Epoch 2"), (signal.SIGKILL, -9, "Epoch 4")):
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=os.environ) as running:
            assert running.stderr is not None
            for line in running.stderr:
                if line.startswith(epoch):
                    running.send_signal(end)
                    break
            rest = running.stderr.read()
        assert code == running.returncode
        assert (code == 143) == ("finished epochs are kept, and the same command goes on from there: xaifake train " in rest)
    assert not path.exists()
    again = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "Training goes on after epoch" in again.stderr
    assert model.read_bytes() == path.read_bytes()


def test_the_library_makes_the_same_model(model: Path, data: Path, tmp_path: Path) -> None:
    """The command adds nothing to what `xaifake.train` writes but the audit."""
    plan = Plan("cnn:size=tiny", size=(SIDE, SIDE), epochs=6, batch=16, augment="flip", learning_rate=0.01)
    trained = xaifake.train(plan, data, tmp_path / "small.keras")
    assert model.read_bytes() == trained.outputs.model.read_bytes()
    assert model.with_name("small.contract.toml").read_bytes() == trained.outputs.contract.read_bytes()


def test_tuning_trains_the_best_of_its_trials(data: Path, tmp_path: Path) -> None:
    """The card tells every trial, and the recipe is the one with the highest AUC of validation; the study is kept."""
    path = tmp_path / "tuned.keras"
    recipe = "cnn:size=tiny:depth=2:kernel=3:dropout=0:residual=no"
    assert main(["train", recipe, str(data), "-o", str(path), *QUICK, "--tune", "grid", "--trials", "2", "--no-audit"]) == 0
    card = read_card(path.with_name("tuned.card.json"))
    assert 2 == len(card.trials)
    best = max(card.trials, key=lambda trial: trial.auc or 0.0)
    assert best.recipe == card.recipe
    assert best.auc == card.epochs[card.chosen - 1].auc
    assert (tmp_path / "tuned.training" / "study.db").is_file()


def test_a_spectrum_keeps_its_statistics_beside_the_contract(data: Path, tmp_path: Path) -> None:
    """A detector of the DCT recipe may be moved, files and all, and is explained with no flag."""
    made, moved = tmp_path / "made", tmp_path / "moved"
    assert main(["train", "dct", str(data), "-o", str(made / "spectrum.keras"), *QUICK, "--no-audit"]) == 0
    shutil.move(made, moved)
    face = next((data / "fake").iterdir())
    options = ("-o", str(tmp_path / "out"), "--methods", "gradcam", "--checks", "none")
    assert main(["explain", str(moved / "spectrum.keras"), str(face), *options]) == 0
    assert str(tmp_path) not in (moved / "spectrum.contract.toml").read_text()


def test_everything_wrong_with_the_pictures_is_told_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Files that are no pictures and a class that is missing are found before the first step, in one message."""
    data = folder_of(tmp_path / "faces", 20)
    shutil.rmtree(data / "real")
    for number in range(5):
        (data / "fake" / f"broken{number}.png").write_text("no picture")
    assert main(["train", "cnn", str(data), "-o", str(tmp_path / "m.keras")]) == 1
    told = capsys.readouterr().err
    assert "broken0.png" in told
    assert "REAL" in told
    assert not (tmp_path / "m.keras").exists()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("cn",), "Did you mean cnn?"),
        (("cnn:size=huge",), "tiny, small"),
        (("cnn", "--augment", "blurr"), "Did you mean blur?"),
        (("cnn", "--epochs", "0"), "--epochs takes a whole number from 1"),
        (("cnn", "--test", "0.7"), "below 0.5"),
        (("cnn", "--weights", "imagenet"), "weights"),
        (("cnn", "-o", "model.h5"), "-o MODEL.keras"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_reading(
    arguments: tuple[str, ...], expected: str, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A plan that cannot be followed costs no reading, and the message names the flag or the names there are."""
    recipe, *rest = arguments
    assert main(["train", recipe, str(data), "-o", str(tmp_path / "m.keras"), *rest]) == 2
    assert expected in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
