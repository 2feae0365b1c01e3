"""The demo: its material is what its README says, and its command explains it."""

from __future__ import annotations

import importlib
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import xaifake
from xaifake.__main__ import main
from xaifake.cli.demo import MATERIAL
from xaifake.demo.pictures import edited, write_labelled

ROOT = Path(__file__).parents[1]


def pixels(name: str) -> Any:
    return np.asarray(Image.open(MATERIAL / f"{name}.png"))


def test_material_is_small() -> None:
    """The detector has at most 300 KB and each picture is 256 pixels square in RGB."""
    assert (MATERIAL / "detector.keras").stat().st_size <= 300_000
    assert pixels("original").shape == pixels("edited").shape == (256, 256, 3)


def test_edit_is_on_one_side() -> None:
    """The edited picture differs from the original on the image's right side of the face and nowhere else."""
    rows, columns = np.nonzero((pixels("original") != pixels("edited")).any(axis=2))
    assert 60 < rows.min() < rows.max() < 165
    assert 115 < columns.min() < columns.max() < 190


def test_detector_holds_no_time_and_no_address() -> None:
    """The detector's file holds nothing that two runs of its script would not share."""
    with zipfile.ZipFile(MATERIAL / "detector.keras") as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        words = archive.read("config.json") + archive.read("metadata.json")
    assert b"date_saved" not in words
    assert b"shared_object_id" not in words


def test_detector_is_harmless_by_inspection() -> None:
    """Inspection finds a Keras 3 model with one sigmoid and no risk."""
    found = xaifake.inspect_model(MATERIAL / "detector.keras")
    assert (found.format, found.head, found.risks) == ("keras 3 .keras", "sigmoid", ())


@pytest.mark.keras
def test_edited_picture_is_the_script_s(monkeypatch: pytest.MonkeyPatch) -> None:
    """scripts/make_demo.py makes the two pictures, byte for byte in their pixels, from scikit-image's astronaut."""
    monkeypatch.syspath_prepend(ROOT / "scripts")
    script = importlib.import_module("make_demo")
    face = script.photograph("astronaut")[script.FACE]
    np.testing.assert_array_equal(pixels("original"), face)
    np.testing.assert_array_equal(pixels("edited"), script.edited(face, script.SIDE_OF_FACE))


@pytest.mark.keras
def test_detector_tells_the_pictures_apart() -> None:
    """The original scores 0.036 and the edited picture 0.941, as the material's README says, and nothing is assumed."""
    detector = xaifake.load_detector(MATERIAL / "detector.keras")
    assert detector.assumptions == ()
    scores = 1 / (1 + np.exp(-detector.logits([MATERIAL / "original.png", MATERIAL / "edited.png"])))
    np.testing.assert_allclose(scores, [0.036, 0.941], atol=0.001)


@pytest.mark.keras
@pytest.mark.parametrize("method", ["gradcam", "shap", "lime"])
def test_methods_find_the_edit(method: str) -> None:
    """By each default method, a pixel of the edited ellipse holds four times the evidence of a pixel elsewhere, and more."""
    detector = xaifake.load_detector(MATERIAL / "detector.keras")
    case = xaifake.explain(detector, MATERIAL / "edited.png", methods=[method])
    heat = case.attributions[method].on(256, 256)
    changed = (pixels("original") != pixels("edited")).any(axis=2)
    assert heat[changed].mean() > 4 * np.abs(heat[~changed]).mean()


@pytest.mark.keras
def test_command_leaves_reports(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`xaifake demo` writes report, record and maps for both pictures; its last line is the edited one's report."""
    assert main(["demo", "--output", str(tmp_path)]) == 0
    files = {f"{name}.{kind}" for name in ("original", "edited") for kind in ("html", "json", "npz")}
    assert {path.name for path in tmp_path.iterdir()} == files
    assert capsys.readouterr().out.splitlines()[-1] == str(tmp_path / "edited.html")


@pytest.mark.slow
def test_data_are_the_material_and_labelled_pictures(tmp_path: Path) -> None:
    """`xaifake demo --data` leaves detector, contract and both pictures as they came, and 40 pictures of each label."""
    folder = tmp_path / "tour"
    assert main(["demo", "--data", str(folder)]) == 0
    names = {"detector.keras", "detector.contract.toml", "original.png", "edited.png"}
    assert {path.name for path in folder.iterdir()} == names | {"faces"}
    assert all((folder / name).read_bytes() == (MATERIAL / name).read_bytes() for name in names)
    assert {label.name: len(list(label.glob("*.png"))) for label in (folder / "faces").iterdir()} == {"real": 40, "fake": 40}


def test_data_spare_what_is_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder that holds anything is refused, and nothing in it is touched."""
    (tmp_path / "detector.keras").write_text("mine")
    assert main(["demo", "--data", str(tmp_path)]) == 2
    assert "--data takes a folder that is empty or not there yet. Received: " in capsys.readouterr().err
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("detector.keras", "mine")]


def test_labelled_pictures_come_from_the_seed(tmp_path: Path) -> None:
    """The same seed writes the same pixels, another one others; all are 128 pixels square."""
    shown = {}
    for name, seed in {"one": 3, "same": 3, "other": 4}.items():
        write_labelled(tmp_path / name, pairs=1, seed=seed)
        shown[name] = np.asarray(Image.open(tmp_path / name / "fake" / "00.png"))
    np.testing.assert_array_equal(shown["one"], shown["same"])
    assert (shown["one"] != shown["other"]).any()
    assert shown["one"].shape == (128, 128, 3)


def test_edit_is_a_checkerboard_in_its_ellipse() -> None:
    """On a grey picture the edit is a checkerboard of its height in the ellipse, and nothing outside of it."""
    grey = np.full((256, 256, 3), 100, np.uint8)
    after = edited(grey, (128, 128, 40, 40), trace=8).astype(int)
    assert after[127:131, 127:131, 0].tolist() == [
        [108, 92, 92, 108],
        [92, 108, 108, 92],
        [92, 108, 108, 92],
        [108, 92, 92, 108],
    ]
    np.testing.assert_array_equal(after[:80], grey[:80])


@pytest.mark.keras
def test_detector_tells_the_labelled_pictures_apart(tmp_path: Path) -> None:
    """All of 20 labelled pictures lie on their own side of 0.5."""
    write_labelled(tmp_path, pairs=10)
    detector = xaifake.load_detector(MATERIAL / "detector.keras")
    logits = {label: detector.logits(sorted((tmp_path / label).iterdir())) for label in ("real", "fake")}
    assert logits["real"].max() < 0 < logits["fake"].min()


@pytest.mark.parametrize("script", ["scripts/demo", "scripts/test", "scripts/venv", ".ci/run"])
def test_script_is_bash(script: str) -> None:
    """Each script is executable, strict, and parses."""
    path = ROOT / script
    assert path.stat().st_mode & 0o111
    assert "set -euo pipefail" in path.read_text()
    subprocess.run(["bash", "-n", str(path)], check=True)


def test_wrong_suite_is_refused() -> None:
    """scripts/test takes quick, all or oldest, and says so before it installs anything."""
    done = subprocess.run([ROOT / "scripts" / "test", "most"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "scripts/test takes quick, all or oldest. Received: most\n")


def test_python_without_venv_is_one_sentence(tmp_path: Path) -> None:
    """Where Debian's python3-venv is missing, scripts/venv says in one line what to install."""
    for name in ("scripts/venv", "setup.cfg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\ncase "$2" in *ensurepip*) exit 1;; esac\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    done = subprocess.run(
        ["bash", tmp_path / "scripts" / "venv"], capture_output=True, text=True, check=False, env={"PYTHON": str(python)}
    )
    assert done.returncode == 1
    assert done.stderr.endswith("apt-get install python3-venv\n")
    assert done.stderr.count("\n") == 1
