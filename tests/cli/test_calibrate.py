"""``xaifake calibrate``: what it prints, writes and refuses."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from xaifake.__main__ import main
from xaifake.detector.contract import read_contract

KNOWN = ["--crop", "whole", "--resize", "nearest", "--channels", "rgb"]


def test_two_and_two_pictures_are_not_enough(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is said before the model is even looked for, in one line."""
    for name in ("fake/a.png", "fake/b.png", "real/a.png", "real/b.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert main(["calibrate", "none.keras", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert "At least 10 fake and 10 real pictures are needed" in error
    assert error.count("\n") == 1


def test_a_contract_that_exists_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before any work: a person's edits are not overwritten without --force."""
    (tmp_path / "m.contract.toml").write_text('crop = "face"\n')
    assert main(["calibrate", str(tmp_path / "m.keras"), str(tmp_path)]) == 1
    assert "--force replaces it" in capsys.readouterr().err
    assert (tmp_path / "m.contract.toml").read_text() == 'crop = "face"\n'


def test_a_limit_below_what_is_needed_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--limit counts pictures of either class."""
    assert main(["calibrate", "m.keras", str(tmp_path), "--limit", "3"]) == 2
    assert "--limit takes a whole number from 10" in capsys.readouterr().err


def test_a_negative_seed_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Generators of random numbers take none."""
    assert main(["calibrate", "m.keras", str(tmp_path), "--seed", "-1"]) == 2
    assert "--seed takes a whole number from 0" in capsys.readouterr().err


@pytest.fixture(scope="module")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve planted pictures of either class that no detector of stripes confuses."""
    from xaifake.detector.planted import planted_picture

    root = tmp_path_factory.mktemp("faces")
    for label, fake, real in (("fake", 40, 15), ("real", 15, 40)):
        (root / label).mkdir()
        for seed in range(12):
            pixels = planted_picture(seed, fake=fake, real=real).pixels
            Image.fromarray(pixels).save(root / label / f"{seed:02}.png")
    return root


@pytest.mark.keras
def test_it_prints_the_ways_the_findings_and_where_it_wrote(
    data_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Cost first, then the table, best first, with the chosen way marked; then sentences; the file carries the reasons."""
    from xaifake.detector.planted import planted_model

    model = tmp_path / "m.keras"
    planted_model(fake_first=True).save(model)
    assert main(["calibrate", str(model), str(data_folder), *KNOWN]) == 0
    out, err = capsys.readouterr()
    written = tmp_path / "m.contract.toml"

    assert err.startswith("12 of 12 fake and 12 of 12 real pictures, 120 model calls at most\n")
    lines = out.splitlines()
    assert lines[0].split() == ["AUC", "log", "loss", "Brier", "range", "|", "fake"]
    assert [line for line in lines if line.startswith("→ 1.000 [1.000, 1.000]") and line.endswith("0,1 | low")]
    assert "fake low: the data decide: AUC 1.000 higher than with high" in out
    assert "assumed threshold = 0.5" in out
    assert lines[-1] == f"wrote {written}"
    assert read_contract(written)["fake_when"] == "low"
    assert "# The data decide: AUC 1.000 higher than with high" in written.read_text()


@pytest.mark.keras
def test_json_is_one_object_with_its_provenance(
    data_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Standard output is the record and nothing else: every way, the seed, the counts, the versions."""
    from xaifake.detector.planted import planted_model

    model = tmp_path / "m.keras"
    planted_model().save(model)
    assert main(["calibrate", str(model), str(data_folder), *KNOWN, "--json", "--seed", "4"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert (record["seed"], record["limit"], record["pictures"]) == (4, 60, [12, 12])
    assert record["contract"]["fake_when"] == "high"
    assert len(record["tried"]) == 10
    assert {"numpy", "tensorflow"} <= set(record["versions"])
    assert np.all(np.diff([way["auc"]["value"] for way in record["tried"]]) <= 0)


@pytest.mark.keras
def test_nothing_is_written_of_a_constant_detector(
    data_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1, one sentence with the p-value after the table, and no contract."""
    from xaifake.detector.planted import planted_model

    model = tmp_path / "m.keras"
    planted_model(gain=0).save(model)
    assert main(["calibrate", str(model), str(data_folder), *KNOWN]) == 1
    refusal = capsys.readouterr().err.splitlines()[-1]
    assert "do not show that the detector tells FAKE from REAL" in refusal
    assert "p = 1.0000" in refusal
    assert not (tmp_path / "m.contract.toml").exists()
