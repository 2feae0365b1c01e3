"""``xaifake audit`` as a person runs it: what it prints, what it writes, how it goes on, how it refuses."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

from xaifake.__main__ import main
from xaifake.detector.planted import planted_model, planted_picture

pytestmark = pytest.mark.keras
PICTURES = 12
QUICK = (
    *("--sample", "4", "--methods", "gradcam", "--checks", "none", "--limits", "none", "--no-robustness"),
    *("--shortcuts", "jpeg", "--changed", "4", "--no-report"),
)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A planted detector on disk."""
    path = tmp_path_factory.mktemp("model") / "planted.keras"
    planted_model(shape="nested").save(path)
    return path


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders real and fake, six planted pictures each, and a text among them that is called a picture."""
    folder = tmp_path_factory.mktemp("data") / "faces"
    for seed in range(PICTURES):
        path = folder / ("fake" if seed % 2 else "real") / f"{seed}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(planted_picture(seed).pixels).save(path)
    (folder / "real" / "text.png").write_text("no picture")
    return folder


def printed(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of ``xaifake audit``."""
    code = main(["audit", *map(str, arguments)])
    out, err = capsys.readouterr()
    return code, out, err


def rows_in(out: Path) -> dict[str, bytes]:
    """Every shard by its path."""
    return {str(path.relative_to(out)): path.read_bytes() for path in sorted((out / "rows").rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def audited(model: Path, data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an audit that came to its end."""
    out = tmp_path_factory.mktemp("audited") / "out"
    assert 0 == main(["audit", str(model), str(data), "-o", str(out), *QUICK])
    return out


def test_an_audit_says_what_it_will_take_and_what_came_of_it(
    model: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Forward passes of each stage and seconds before, counts and rates after; a bad picture is counted, not fatal."""
    code, out, err = printed(capsys, model, data, "-o", tmp_path, *QUICK)

    assert 0 == code
    assert "every picture scored: 13 pictures, 13 forward passes at most, about " in err
    assert "a sample explained: 4 pictures, 8 forward passes at most, about " in err
    assert "changed copies scored: 4 pictures, " in err
    assert "12 of 13 pictures scored by " in out
    assert "1 × The file is no picture that can be decoded" in out
    assert "balanced accuracy" in out
    assert "random: 1 of 12 looked at closely" in out
    assert {"audit.json", "job.json", "manifest.parquet", "rows", "rows.csv", "rows.parquet"} == {
        path.name for path in tmp_path.iterdir()
    }


def test_a_report_is_written_unless_it_is_not_wanted(
    model: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The audit's page, and one for each case of the sample, to which it leads."""
    code, out, _ = printed(capsys, model, data, "-o", tmp_path, *QUICK[:-1])

    pages = [path.name for path in (tmp_path / "cases").iterdir()]
    assert 0 == code
    assert str(tmp_path / "audit.html") in out
    assert 1 <= len(pages) <= 4
    for page in pages:
        assert f"cases/{page}" in (tmp_path / "audit.html").read_text("utf-8")


def test_the_same_command_again_does_nothing_anew(
    model: Path, data: Path, audited: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No row changes, and nothing is left to do."""
    before = rows_in(audited)
    code, _, err = printed(capsys, model, data, "-o", audited, *QUICK)
    assert 0 == code
    assert "every picture scored: 0 pictures, 0 forward passes" in err
    assert before == rows_in(audited)


def test_another_question_keeps_the_scores(
    model: Path, data: Path, audited: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Other methods make another job of cases; another threshold makes another job of all. None is mixed or removed."""
    before = rows_in(audited)
    printed(capsys, model, data, "-o", audited, *QUICK, "--methods", "occlusion", "--regions", "4")
    methods = rows_in(audited)
    printed(capsys, model, data, "-o", audited, *QUICK, "--threshold", "0.7")
    threshold = rows_in(audited)

    assert before.items() < methods.items() < threshold.items()
    folders = [{name.split("/")[1].partition("-")[0] for name in new} for new in (methods.keys() - before.keys(),)]
    assert [{"cases"}] == folders
    added = {name.split("/")[1].partition("-")[0] for name in threshold.keys() - methods.keys()}
    assert {"scores", "cases", "shortcuts"} == added


def test_json_is_the_record_and_nothing_else(
    model: Path, data: Path, audited: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Standard output is what audit.json holds."""
    code, out, _ = printed(capsys, model, data, "-o", audited, *QUICK, "--json")
    assert 0 == code
    assert json.loads((audited / "audit.json").read_text("utf-8")) == json.loads(out)


def test_without_labels_there_are_no_rates(
    model: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Pictures of one folder that says nothing are scored, and a sample of them is explained."""
    (tmp_path / "plain").mkdir()
    for path in (data / "real").glob("?.png"):
        (tmp_path / "plain" / path.name).write_bytes(path.read_bytes())
    code, out, _ = printed(capsys, model, tmp_path / "plain", "-o", tmp_path / "out", *QUICK)
    assert 0 == code
    assert "accuracy" not in out
    assert "errors: 0 of 0" in out


def test_where_no_picture_can_be_scored_it_fails(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1; the reason is counted."""
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "text.png").write_text("no picture")
    code, out, _ = printed(capsys, model, tmp_path / "bad", "-o", tmp_path / "out", *QUICK)
    assert 1 == code
    assert "0 of 1 pictures scored" in out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--methods", "gradcan"], "Did you mean gradcam"),
        (["--checks", "gradcam"], "There is no check of that name"),
        (["--shortcuts", "jpg"], "Did you mean jpeg"),
        (["--fill", "ink"], "There is no fill of that name"),
        (["--sample", "-1"], "--sample takes a whole number from 0"),
        (["--changed", "-1"], "--changed takes a whole number from 0"),
        (["--seed", "-1"], "--seed takes a whole number from 0"),
        (["--calls", "0"], "--calls takes a whole number from 1"),
        (["--regions", "0"], "--regions takes a whole number from 1"),
        (["--ray-address", "auto"], "--ray-address goes with --engine ray"),
        (["--column", "colour=red"], "--column takes FIELD=NAME"),
        (["--memory", "lots"], "--memory takes a size above zero"),
        (["--reference", "nowhere"], "--reference takes a folder"),
    ],
)
def test_a_wrong_command_line_is_refused_in_a_line(
    model: Path, data: Path, tmp_path: Path, arguments: Sequence[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, one line, and no row."""
    quick = [] if arguments[0] == "--reference" else QUICK
    code, out, err = printed(capsys, model, data, "-o", tmp_path / "out", *quick, *arguments)
    refusal = [line for line in err.splitlines() if line.startswith("xaifake: ")]
    assert (2, "", 1) == (code, out, len(refusal))
    assert sentence in refusal[0]
    assert not (tmp_path / "out" / "rows").exists()


def test_what_is_not_there_is_refused_in_a_line(
    model: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A model, a data set, and a place to write that cannot be."""
    (tmp_path / "file").touch()
    for arguments, code, named in (
        ((tmp_path / "none.h5", data, "-o", tmp_path / "out"), 1, "none.h5"),
        ((model, tmp_path / "nothing", "-o", tmp_path / "out"), 2, "nothing"),
        ((model, data, "-o", tmp_path / "file"), 1, "-o"),
    ):
        found, out, err = printed(capsys, *arguments)
        assert (code, "", 1) == (found, out, len(err.splitlines()))
        assert named in err


def _heeding() -> None:
    """Heed Ctrl-C in the process to come: shells start what runs in the background deaf to it, these tests included."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_ctrl_c_says_how_to_go_on_and_a_kill_loses_nothing(model: Path, data: Path, audited: Path, tmp_path: Path) -> None:
    """Stopped when the first rows are asked for, killed likewise, and run to its end: the rows of an undisturbed run."""
    command = [sys.executable, "-m", "xaifake", "audit", str(model), str(data), "-o", str(tmp_path / "out"), *QUICK]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    for end, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)):
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment, preexec_fn=_heeding) as process:
            assert process.stderr is not None
            said = ""
            while "in all " not in said:
                said = process.stderr.readline()
            process.send_signal(end)
            rest = process.stderr.read()
        assert code == process.returncode
        if end != signal.SIGKILL:
            assert (
                "xaifake: stopped; what is finished is kept, and the same command goes on from there: xaifake audit " in rest
            )
            assert "Traceback" not in rest
    subprocess.run(command, check=True, capture_output=True)
    wanted = {name: data for name, data in rows_in(audited).items() if name in rows_in(tmp_path / "out")}
    assert wanted == rows_in(tmp_path / "out")
