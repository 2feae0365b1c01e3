"""A case is repeated from another process and another folder, and whatever was changed is named."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from small_models import SIDE, saved, small, weights_only

import xaifake
from xaifake.audit.provenance import options_digest
from xaifake.audit.stored import maps_beside, read_maps, read_record
from xaifake.audit.verifying import Verification, verify
from xaifake.audit.verifying.repeating import compared
from xaifake.cli.demo import MATERIAL
from xaifake.detector.planted import planted_model, planted_picture
from xaifake.detector.runtime import keras
from xaifake.errors import UsageError
from xaifake.records import Case
from xaifake.schema import KEYS

pytestmark = pytest.mark.keras
ROOT = Path(__file__).parents[3]
ASKED = {"methods": ["gradcam", "lime:calls=64"], "checks": ["adds_up"], "regions": 16}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Case]:
    """A folder with a planted detector, a planted picture and their case, and the case as it was in memory."""
    folder = tmp_path_factory.mktemp("made")
    saved(planted_model(shape="nested"), folder / "planted.keras")
    Image.fromarray(planted_picture().pixels).save(folder / "face.png")
    case = xaifake.explain(xaifake.load_detector(folder / "planted.keras"), folder / "face.png", **ASKED)
    xaifake.save_case(case, folder)
    xaifake.write_report(case, folder / "face.html")
    return folder, case


@pytest.fixture
def folder(made: tuple[Path, Case], tmp_path: Path) -> Path:
    """The same on another machine: nothing lies where it lay, all lies together."""
    copy = tmp_path / "copy"
    shutil.copytree(made[0], copy)
    record = json.loads((copy / "face.json").read_text("utf-8"))
    record["picture"]["path"], record["detector"]["path"] = "elsewhere/face.png", "elsewhere/planted.keras"
    (copy / "face.json").write_text(json.dumps(record), "utf-8")
    return copy


def differing(verification: Verification) -> list[str]:
    return [step.name for step in verification.differing]


def outcome(verification: Verification, name: str) -> str:
    return next(step.outcome for step in verification.steps if step.name == name)


def test_another_process_agrees(folder: Path) -> None:
    """From the JSON, step by step; the command line exits with 0 and says so."""
    command = [sys.executable, "-m", "xaifake", "verify", folder / "face.json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, env={"PYTHONPATH": str(ROOT)})
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("All agrees.\n")
    assert "differs" not in done.stdout


def test_a_report_alone_agrees(folder: Path) -> None:
    """Its maps are not at hand, but the same maps have the same SHA-256."""
    (folder / "face.npz").unlink()
    (folder / "face.json").unlink()
    verification = verify(folder / "face.html")
    assert verification.agrees
    assert outcome(verification, "maps") == "not compared"
    assert outcome(verification, "maps by SHA-256") == "agrees"


def test_a_changed_pixel_changes_all_that_follows(folder: Path) -> None:
    """The first thing that differs is the file, then its pixels, the view, the model's input, and what came of it."""
    pixels = planted_picture().pixels.copy()
    pixels[pixels.shape[0] // 2 :, :, :] ^= 16
    Image.fromarray(pixels).save(folder / "face.png")
    found = differing(verify(folder / "face.json"))
    assert found[:5] == ["picture bytes", "decoded picture", "view", "model input", "score"]
    assert {"gradcam", "lime"} <= set(found)


def test_a_changed_weight_is_never_loaded(folder: Path) -> None:
    """Another file in the model's place is named, and the run is not done again."""
    model = keras(3).models.load_model(folder / "planted.keras")
    model.set_weights([weight + 1e-6 for weight in model.get_weights()])
    model.save(folder / "planted.keras")
    verification = verify(folder / "face.json")
    assert differing(verification) == ["model file"]
    assert outcome(verification, "run") == "not compared"


def test_a_changed_option_is_named(folder: Path) -> None:
    """By its SHA-256; where that was changed with it, by the method that it changes."""
    path = folder / "face.json"
    record = json.loads(path.read_text("utf-8"))
    options = record["provenance"]["options"]
    options["methods"] = ["gradcam:variant=layercam", "lime:calls=64"]
    path.write_text(json.dumps(record), "utf-8")
    assert differing(verify(path)) == ["options", "gradcam"]
    record["provenance"]["options_sha256"] = options_digest(options)
    path.write_text(json.dumps(record), "utf-8")
    assert differing(verify(path)) == ["gradcam"]


def test_a_changed_version_is_told_apart_from_numbers(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Another version differs, and it is said that the numbers agree all the same."""
    from xaifake.__main__ import main

    path = folder / "face.json"
    record = json.loads(path.read_text("utf-8"))
    record["versions"]["numpy"] = "1.26.4"
    path.write_text(json.dumps(record), "utf-8")
    assert main(["verify", str(path)]) == 1
    printed = capsys.readouterr().out
    assert "The first: versions: numpy: recorded 1.26.4, found " in printed
    assert printed.endswith("All numbers still agree within the tolerances.\n")


def test_every_key_is_compared(made: tuple[Path, Case]) -> None:
    """A changed value under any key differs, but for where files lay, who asked when, and what readers noted."""
    folder, case = made
    path = folder / "face.json"
    record, maps = read_record(path), read_maps(maps_beside(path))
    assert [step.name for step in compared(record, maps, case) if step.outcome == "differs"] == []
    other = json.loads(json.dumps(record))
    other["provenance"]["input_sha256"] = "ab"
    assert [step.name for step in compared(other, maps, case) if step.outcome == "differs"] == ["model input"]
    for key in set(KEYS) - {"schema", "image", "error", "assumptions", "provenance", "reviews"}:
        other = json.loads(json.dumps(record))
        other[key] = changed(other[key])
        (folder / "other.json").write_text(json.dumps(other), "utf-8")
        shutil.copy(maps_beside(path), folder / "other.npz")
        before = verify(folder / "other.json", offline=True, places={"picture": folder / "face.png"})
        assert before.differing or any(step.outcome == "differs" for step in compared(other, maps, case)), key


def changed(value: Any) -> Any:
    """The same value with its last leaf changed, seconds apart: no two runs share them."""
    if isinstance(value, dict):
        *_, key = [key for key in value if key != "seconds"] or ["more"]
        return {**value, key: changed(value.get(key))}
    if isinstance(value, list):
        return [*value[:-1], changed(value[-1] if value else None)]
    return "changed" if value is None or isinstance(value, str) else value / 2 + 0.125


def test_unsafe_is_never_taken_from_a_record(tmp_path: Path) -> None:
    """A model that needs --allow-unsafe needs it again, and with it the case agrees."""
    k = keras(3)
    model = saved(small(k, k.layers.Lambda(lambda x: x * 2.0)), tmp_path / "lambda.keras")
    picture = tmp_path / "face.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (SIDE, SIDE, 3), np.uint8)).save(picture)
    case = xaifake.explain(xaifake.load_detector(model, allow_unsafe=True), picture, methods=["gradcam"], checks=[])
    path = xaifake.save_case(case, tmp_path)
    refused = verify(path)
    assert differing(refused) == ["run"]
    assert "--allow-unsafe" in refused.steps[-1].note
    assert verify(path, allow_unsafe=True).agrees


def test_user_code_is_said_anew_and_compared(tmp_path: Path) -> None:
    """Weights need their builder again; a changed builder file is named though it builds the same model."""
    source = tmp_path / "maker.py"
    source.write_text(
        "import keras\nx = keras.Input((16, 16, 3))\ny = keras.layers.Conv2D(4, 3, name='evidence')(x)\n"
        "y = keras.layers.GlobalAveragePooling2D()(y)\n"
        "def build():\n    return keras.Model(x, keras.layers.Dense(1, activation='sigmoid', name='score')(y))\n",
        "utf-8",
    )
    model, picture = weights_only(tmp_path / "small.weights.h5"), tmp_path / "face.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (SIDE, SIDE, 3), np.uint8)).save(picture)
    builder = f"{source}:build"
    case = xaifake.explain(xaifake.load_detector(model, builder=builder), picture, methods=["gradcam"], checks=[])
    path = xaifake.save_case(case, tmp_path)
    with pytest.raises(UsageError, match="--builder"):
        verify(path)
    assert verify(path, builder=builder).agrees
    source.write_text(source.read_text("utf-8") + "\n", "utf-8")
    (step,) = verify(path, builder=builder).differing
    assert (step.name, step.differences[0].what) == ("runtime", "builder SHA-256")


def test_other_pictures_are_repeated_too(tmp_path: Path) -> None:
    """The original and the mask are found, hashed, and used again; another mask is named."""
    for name in ("detector.keras", "detector.contract.toml", "edited.png", "original.png"):
        shutil.copy(MATERIAL / name, tmp_path)
    Image.fromarray(np.full((256, 256), 255, np.uint8)).save(tmp_path / "mask.png")
    pictures = {name: tmp_path / f"{name}.png" for name in ("original", "mask")}
    detector = xaifake.load_detector(tmp_path / "detector.keras")
    path = xaifake.save_case(xaifake.explain(detector, tmp_path / "edited.png", calls=64, **pictures, **ASKED), tmp_path)
    assert "restoration" in read_record(path)["attributions"]
    assert verify(path).agrees
    Image.fromarray(np.zeros((256, 256), np.uint8)).save(tmp_path / "mask.png")
    assert differing(verify(path, offline=True)) == ["mask"]
