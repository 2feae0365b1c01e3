"""``xaifake compare`` as a person runs it: what it prints and writes, how it goes on, how it refuses."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest
from PIL import Image

from xaifake.__main__ import main
from xaifake.detector.planted import planted_model, planted_picture

PICTURES = 12
STATED = 'range = [0.0, 255.0]\nchannels = "rgb"\nresize = "nearest"\ncrop = "whole"\ndomain = "pixel"\nthreshold = 0.5\n'


def test_one_detector_is_no_comparison(capsys: pytest.CaptureFixture[str]) -> None:
    """Said before anything is read."""
    assert main(["compare", "m.keras", "--data", "faces"]) == 2
    assert "takes two detectors or more" in capsys.readouterr().err


def test_a_negative_seed_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """Generators of random numbers take none."""
    assert main(["compare", "a.keras", "b.keras", "--data", "faces", "--seed", "-1"]) == 2
    assert "--seed takes a whole number from 0" in capsys.readouterr().err


@pytest.fixture(scope="module")
def faces(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders real and fake, six planted pictures each, and a text among them that is called a picture."""
    folder = tmp_path_factory.mktemp("data") / "faces"
    for seed in range(PICTURES):
        fake = seed % 2 == 1
        path = folder / ("fake" if fake else "real") / f"{seed}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(planted_picture(seed, fake=40 if fake else 15, real=15 if fake else 40).pixels).save(path)
    (folder / "real" / "text.png").write_text("no picture")
    return folder


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one detector, its contract, and a contract by which it is reversed."""
    folder = tmp_path_factory.mktemp("models")
    planted_model().save(folder / "planted.keras")
    for name, side in (("planted.contract.toml", "high"), ("reversed.toml", "low")):
        (folder / name).write_text(f'{STATED}fake_when = "{side}"\n')
    return folder


@pytest.fixture(scope="module")
def compared(models: Path, faces: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One file under two contracts."""
    out = tmp_path_factory.mktemp("out")
    assert main(["compare", *both(models), "--data", str(faces), "-o", str(out)]) == 0
    return out


def both(models: Path) -> list[str]:
    return [str(models / "planted.keras"), f"{models / 'planted.keras'}@{models / 'reversed.toml'}"]


@pytest.mark.keras
def test_each_detector_is_fed_by_its_own_contract(compared: Path) -> None:
    """By the one beside it, or by the one after the @: one is always right, the other never."""
    record = json.loads((compared / "comparison.json").read_text("utf-8"))
    areas = {one["name"]: one["performance"]["rates"]["auc"]["value"] for one in record["contestants"]}
    assert areas == {"planted": 1.0, "planted (reversed)": 0.0}
    (pair, *_) = record["pairs"]
    assert (12, 12, 0) == (pair["pictures"], pair["only_first"], pair["only_second"])
    assert pair["ranks"] == pytest.approx(-1)
    assert record["disputed"] == 12


@pytest.mark.keras
def test_every_score_stands_in_a_table(compared: Path) -> None:
    """One line a picture; what could not be read has its sentence and no number."""
    with (compared / "comparison.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == PICTURES + 1
    (broken,) = (row for row in rows if row["planted score"] == "")
    assert broken["planted error"]
    for row in rows:
        if row is not broken:
            assert float(row["planted logit"]) == pytest.approx(-float(row["planted (reversed) logit"]), abs=1e-4)
            assert row["planted call"] == row["label"] != row["planted (reversed) call"]


@pytest.mark.keras
def test_it_goes_on_where_it_was(
    compared: Path, models: Path, faces: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Finished rows are asked about no more; the record is the same but for when and how it was made."""
    out = tmp_path / "again"
    shutil.copytree(compared, out)
    assert main(["compare", *both(models), "--data", str(faces), "-o", str(out), "--json"]) == 0
    told, err = capsys.readouterr()
    assert "planted: 0 pictures to score" in err
    first, second = (json.loads(text) for text in ((compared / "comparison.json").read_text("utf-8"), told))
    for record in (first, second):
        record.pop("started")
        record.pop("command")
    assert first == second


@pytest.mark.keras
def test_the_page_and_the_terminal_say_what_to_know_first(
    compared: Path, models: Path, faces: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The finished folder, once more."""
    main(["compare", *both(models), "--data", str(faces), "-o", str(compared)])
    out = capsys.readouterr().out
    assert "planted: AUC 1.000" in out
    assert "Not shown to do better than chance on these pictures: planted (reversed)." in out
    assert str(compared / "comparison.html") in out
    assert "comparison.json" in (compared / "comparison.html").read_text("utf-8")
