"""``xaifake explain --limits --reference --no-robustness`` as a person types them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from xaifake import plugins
from xaifake.__main__ import main
from xaifake.audit.checking import STRIP
from xaifake.detector.planted import planted_model, planted_picture

pytestmark = pytest.mark.keras

PICTURES = 24


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A planted detector, JPEG pictures like those that it was made for, and an empty folder."""
    path = tmp_path_factory.mktemp("limits")
    planted_model(shape="nested").save(path / "planted.keras")
    (path / "references").mkdir()
    (path / "empty").mkdir()
    for seed in range(PICTURES):
        Image.fromarray(planted_picture(seed).pixels).save(path / f"references/{seed}.jpg", quality=90)
    return path


def explained(folder: Path, capsys: pytest.CaptureFixture[str], *flags: object) -> dict[str, Any]:
    """The record of one picture, with next to no methods and checks."""
    asked = ["explain", folder / "planted.keras", folder / "references/3.jpg", "-o", folder / "out", "--json"]
    few = ["--methods", "gradcam", "--checks", "none", "--crop", "whole"]
    assert main([str(argument) for argument in (*asked, *few, *flags)]) == 0
    (record,) = json.loads(capsys.readouterr().out)
    return dict(record)


def test_all_limits_and_the_strip_are_measured_unasked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The file's own facts among them; distance is not known without references."""
    record = explained(folder, capsys)
    told = {limit["name"]: limit for limit in record["limits"]}
    assert plugins.names("limit") == tuple(told)
    assert ("JPEG", 90) == (record["picture"]["format"], record["picture"]["jpeg_quality"])
    assert ("within", 90) == (told["jpeg_quality"]["status"], told["jpeg_quality"]["value"])
    assert "not known" == told["distance"]["status"]
    assert [(c.kind, c.amount) for c in STRIP] == [(trial["kind"], trial["amount"]) for trial in record["robustness"]]


def test_references_are_asked_once_and_counted_in_no_case(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The picture's own call is; a picture among its references is not outside."""
    without = explained(folder, capsys, "--no-robustness", "--limits", "distance")
    record = explained(folder, capsys, "--no-robustness", "--limits", "distance", "--reference", folder / "references")
    (limit,) = record["limits"]
    assert ("within", 1) == (limit["status"], limit["calls"])
    assert without["asked"] + 1 == record["asked"]


def test_nothing_is_measured_where_nobody_wants_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither limits nor changed copies."""
    record = explained(folder, capsys, "--no-robustness", "--limits", "none")
    assert ([], []) == (record["limits"], record["robustness"])


def test_a_bound_is_an_option(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``NAME:least=N``, in the record as it was asked."""
    record = explained(folder, capsys, "--no-robustness", "--limits", "jpeg_quality:least=95,blur")
    assert ["outside", 95] == [record["limits"][0]["status"], record["limits"][0]["bound"]]
    assert ["jpeg_quality:least=95", "blur"] == record["provenance"]["options"]["limits"]


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--limits", "face_sise"], "Did you mean face_size? Received: face_sise"),
        (
            ["--limits", "jpeg_quality:least=101"],
            "lies between 1 and 100, as in --limits jpeg_quality:least=70. Received: 101",
        ),
        (["--limits", "blur:most=some"], "The option most takes a number. Received: blur:most=some"),
        (["--limits", "blur,blur"], "name it once (--limits). Received twice: blur"),
        (["--limits", "blur", "--reference", "references"], "or leave --reference out. Received: references"),
        (
            ["--reference", "nowhere"],
            "--reference takes a folder of pictures (No such file or directory). Received: nowhere",
        ),
        (["--reference", "planted.keras"], "(Not a directory). Received: planted.keras"),
        (["--reference", "empty"], "a folder of at least 20 pictures"),
    ],
)
def test_mistakes_are_refused_before_the_model_is_loaded(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], flags: list[str], said: str
) -> None:
    """In one line, with exit code 2; there is not even a model."""
    monkeypatch.chdir(folder)
    assert main(["explain", "no.keras", "references/3.jpg", *flags]) == 2
    out, err = capsys.readouterr()
    assert ("", 1) == (out, err.count("\n"))
    assert said in err


def test_a_reference_that_is_no_picture_is_named(folder: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """In one sentence, beside what to do."""
    for seed in range(PICTURES):
        (tmp_path / f"{seed}.jpg").write_bytes((folder / f"references/{seed}.jpg").read_bytes())
    (tmp_path / "notes.txt").write_text("no picture")
    asked = ["explain", folder / "planted.keras", folder / "references/3.jpg", "-o", folder / "out", "--crop", "whole"]
    assert main([str(argument) for argument in (*asked, "--methods", "gradcam", "--reference", tmp_path)]) == 2
    assert capsys.readouterr().err.strip().endswith(f"take the others out of {tmp_path}. Received: notes.txt")
