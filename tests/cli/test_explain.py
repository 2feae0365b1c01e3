"""``xaifake explain`` as a person runs it: what it prints, what it writes, how it refuses."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import xaifake
from xaifake.__main__ import main
from xaifake.detector.planted import planted_model, planted_picture

pytestmark = pytest.mark.keras

QUICK = ["--calls", "64", "--regions", "16"]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A planted detector on disk."""
    path = tmp_path_factory.mktemp("model") / "planted.keras"
    planted_model(shape="nested").save(path)
    return path


@pytest.fixture(scope="module")
def face(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A planted picture on disk."""
    path = tmp_path_factory.mktemp("face") / "face.png"
    Image.fromarray(planted_picture().pixels).save(path)
    return path


def printed(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command."""
    code = main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return code, out, err


def without_seconds(record: dict[str, Any]) -> dict[str, Any]:
    """The record less the only field that a second run may change."""
    for timed in (*record["attributions"].values(), *record["checks"], *record["measures"]):
        del timed["seconds"]
    return record


def test_with_no_flags_it_writes_report_record_and_maps(
    model: Path, face: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Three files a picture, a sentence with the score, and every assumption said aloud."""
    monkeypatch.chdir(tmp_path)

    code, out, err = printed(capsys, "explain", model, face)

    assert code == 0
    assert sorted(path.name for path in (tmp_path / "xaifake-out").iterdir()) == ["face.html", "face.json", "face.npz"]
    assert "for FAKE" in out
    assert "face.html" in out
    assert "parts says nothing: " in out
    assert "assumed range = " in err
    assert set(np.load(tmp_path / "xaifake-out/face.npz")) >= {"gradcam", "shap", "lime"}


def test_blind_gives_nothing_away(model: Path, face: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The terminal tells where the report lies and no score, and the report is a closed one."""
    code, out, _ = printed(
        capsys, "explain", model, face, "--blind", "--methods", "gradcam", "--checks", "none", "-o", tmp_path
    )
    assert code == 0
    assert out == f"face.png: its report opens once you have noted your own call\n  {tmp_path / 'face.html'}\n"
    assert '<template id="closed">' in (tmp_path / "face.html").read_text(encoding="utf-8")


def test_json_is_one_array_and_nothing_else(model: Path, face: Path, tmp_path: Path) -> None:
    """In a fresh process, standard output is one JSON array, a failure among it, and the exit code is 1."""
    done = subprocess.run(
        [sys.executable, "-m", "xaifake", "explain", model, face, "missing.png", "--json", "-o", tmp_path, *QUICK],
        capture_output=True,
        text=True,
        check=False,
    )

    explained, failed = json.loads(done.stdout)
    assert done.returncode == 1
    assert explained["error"] is None
    assert explained["prediction"]["label"] == "FAKE"
    assert explained["detector"]["keras_major"] == 3
    assert set(explained["attributions"]) == {"gradcam", "shap", "lime", "bands"}
    assert explained["omissions"][0]["method"] == "parts"
    assert "missing.png" in failed["error"]
    assert "Traceback" not in done.stderr
    assert "cuda" not in done.stderr.lower()


def test_the_command_and_the_library_give_the_same_record(
    model: Path, face: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Field by field, but for seconds and the command line, and bit by bit in the maps."""
    printed(capsys, "explain", model, face, "-o", tmp_path / "command", "--seed", "5", *QUICK)
    case = xaifake.explain(xaifake.load_detector(model), face, calls=64, regions=16, seed=5)
    xaifake.save_case(case, tmp_path)

    command, library = (json.loads((tmp_path / f).read_text("utf-8")) for f in ("command/face.json", "face.json"))
    for record in (command, library):
        del record["provenance"]["command"], record["provenance"]["started"]  # the library was told neither
    assert without_seconds(command) == without_seconds(library)
    assert (tmp_path / "command/face.npz").read_bytes() == (tmp_path / "face.npz").read_bytes()


def test_a_measure_that_needs_a_mask_says_so(
    model: Path, face: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a mask the pointing game has nothing to hit; sparseness needs none."""
    asked = ("--methods", "gradcam", "--checks", "none", "--measures", "sparseness,pointing_game")
    code, out, _ = printed(capsys, "explain", model, face, "-o", tmp_path, *asked)

    assert code == 0
    assert "  pointing_game measured nothing: " in out


def test_options_of_methods_can_be_set(model: Path, face: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--layer, and what a method's name carries, reach the explainers in the types that they have."""
    code, out, _ = printed(
        capsys, "explain", model, face, "--json", "-o", tmp_path, "--layer", "stripes",
        "--methods", "gradcam:variant=layercam:positive,smoothgrad:samples=2",
    )  # fmt: skip

    attributions = json.loads(out)[0]["attributions"]
    assert code == 0
    assert attributions["gradcam"]["options"] == {"layer": "stripes", "positive": True, "variant": "layercam"}
    assert attributions["smoothgrad"]["options"]["samples"] == 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--face", "2"], "has one face; --face counts from 1"),
        (["--box", "0,0,9999,9999"], "as --box TOP,LEFT,BOTTOM,RIGHT"),
        (["--original", "missing.png"], "missing.png"),
    ],
)
def test_a_picture_that_does_not_fit_the_question_fails_alone(
    model: Path, face: Path, tmp_path: Path, arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1, and a line that says what of the picture did not fit."""
    code, out, err = printed(capsys, "explain", model, face, "-o", tmp_path / "out", *arguments)

    assert (code, out) == (1, "")
    assert sentence in err


@pytest.mark.parametrize("flag", [["--box", "0,0,9,9"], ["--original", "o.png"]])
def test_a_box_and_an_original_go_with_one_picture(
    model: Path, face: Path, tmp_path: Path, flag: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """For two pictures they could not both be right."""
    code, _, err = printed(capsys, "explain", model, face, face, "-o", tmp_path / "out", *flag)

    assert code == 2
    assert "goes with one picture. Received: 2 pictures" in err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--methods", "gradcan"], "Did you mean gradcam"),
        (["--methods", ","], "--methods takes names"),
        (["--calls", "0"], "--calls"),
        (["--fill", "ink"], "fill"),
        (["--regions", "0"], "--regions"),
        (["--seed", "-1"], "--seed takes a whole number from 0"),
        (["--layer", "nowhere"], "no layer of that name"),
        (["--methods", "lime:calls=many"], "takes a whole number"),
        (["--methods", "gradcam:positive=maybe"], "true or false"),
        (["--methods", "lime:depth=3"], "lime has the options"),
        (["--fill", "blur:depth=3"], "blur has the options"),
        (["--feather", "-1"], "--feather"),
        (["--feather", "nan"], "--feather"),
        (["--feather", "inf"], "--feather"),
        (["--face", "0"], "--face counts from 1"),
        (["--face", "2", "--box", "0,0,9,9"], "--box says which face it is; leave --face out"),
        (["--box", "1,2,3"], "--box takes TOP,LEFT,BOTTOM,RIGHT"),
        (["--box", "9,9,1,1"], "--box takes TOP,LEFT,BOTTOM,RIGHT"),
        (["--size", "tiny"], "size"),
        (["--channels", "cmyk"], "channels"),
        (["--memory", "lots"], "--memory takes a size above zero"),
    ],
)
def test_a_wrong_command_line_is_refused_in_a_line(
    model: Path, face: Path, tmp_path: Path, arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, one line naming what is accepted, and nothing written."""
    code, out, err = printed(capsys, "explain", model, face, "-o", tmp_path / "out", *arguments)

    refusal = [line for line in err.splitlines() if line.startswith("xaifake: ")]
    assert code == 2
    assert out == ""
    assert len(refusal) == 1
    assert sentence in refusal[0]
    assert not list((tmp_path / "out").glob("*")) if (tmp_path / "out").exists() else True


def test_a_missing_or_foreign_model_is_refused_in_a_line(
    face: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1 and one line, whether the model is absent or a text file."""
    (tmp_path / "notes.h5").write_text("these are notes")

    for name in ("absent.h5", "notes.h5"):
        code, out, err = printed(capsys, "explain", tmp_path / name, face, "-o", tmp_path / "out")
        assert (code, out) == (1, "")
        assert len(err.splitlines()) == 1
        assert name in err


def test_an_output_folder_that_cannot_be_is_refused_before_any_work(
    model: Path, face: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Naming a file as the output folder is refused in one line that names -o."""
    code, _, err = printed(capsys, "explain", model, face, "-o", face)

    assert code == 1
    assert "-o" in err
    assert len(err.splitlines()) == 1


def test_a_terminal_sees_model_calls_and_time_left(model: Path, face: Path, tmp_path: Path) -> None:
    """On a terminal, standard error counts model calls with the time left, and the sentence has a line of its own."""
    pty = pytest.importorskip("pty", reason="pseudo-terminals are of Unix")
    shown: list[bytes] = []

    def keep(terminal: int) -> bytes:
        shown.append(os.read(terminal, 4096))
        return shown[-1]

    pty.spawn([sys.executable, "-m", "xaifake", "explain", str(model), str(face), "-o", str(tmp_path), *QUICK], keep)

    lines = b"".join(shown).decode().replace("\r", "\n").splitlines()
    assert any(line.startswith("model calls:") and "call/s]" in line and "<" in line for line in lines)
    assert any(line.startswith("face.png: The detector") for line in lines)


def _heeding() -> None:
    """Heed Ctrl-C in the process to come: shells start what runs in the background deaf to it, these tests included."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_ctrl_c_keeps_the_finished_pictures_and_the_same_command_ends_alike(model: Path, face: Path, tmp_path: Path) -> None:
    """Interrupted after the first of thirty pictures, and run again: the same maps and cases as without the interruption."""
    pictures = [tmp_path / f"{number:02}.png" for number in range(30)]
    for path in pictures:
        path.write_bytes(face.read_bytes())
    flags = ["--methods", "gradcam,lime", "--calls", "64", "--regions", "16", "--checks", "none", "--runtime", "tensorflow"]
    command = [sys.executable, "-m", "xaifake", "explain", str(model), *map(str, pictures), *flags, "-o", "out"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path, env=environment, preexec_fn=_heeding
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        process.stdout.read()
        said = process.stderr.read().decode()
    assert 130 == process.returncode
    assert "xaifake: stopped; what is written of finished pictures is kept, and the same command writes that again" in said
    kept = {path.name: path.read_bytes() for path in (tmp_path / "out").glob("*.npz")}
    assert 1 <= len(kept) < len(pictures)

    subprocess.run(command, check=True, capture_output=True, cwd=tmp_path)
    assert 0 == main(["explain", str(model), *map(str, pictures), *flags, "-o", str(tmp_path / "undisturbed")])
    for path in pictures:
        maps, record = path.with_suffix(".npz").name, path.with_suffix(".json").name
        assert (tmp_path / "undisturbed" / maps).read_bytes() == (tmp_path / "out" / maps).read_bytes()
        whole, again = (
            without_seconds(json.loads((tmp_path / folder / record).read_text())) for folder in ("undisturbed", "out")
        )
        assert whole["attributions"] == again["attributions"]
        assert whole["prediction"] == again["prediction"]
    assert kept.items() <= {path.name: path.read_bytes() for path in (tmp_path / "out").glob("*.npz")}.items()
