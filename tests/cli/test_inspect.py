"""``xaifake inspect``: the report for people, the JSON for programs, exit codes, and no TensorFlow."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from model_files import (
    chained,
    conv,
    dense,
    layer,
    new_weights,
    picture_input,
    sequential,
    small_model,
    write_archive,
    write_hdf5,
)

from xaifake.__main__ import main


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A small Keras 2 detector in HDF5."""
    return write_hdf5(tmp_path / "model.h5", small_model())


def printed(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    """What a command that goes well prints; nothing goes to standard error."""
    assert main(["inspect", *map(str, arguments)]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out


def test_report_says_what_the_model_is(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One row a fact: format, version, tensors, head, backbone, risks, custom objects, contract, assumptions."""
    lines = printed(capsys, model).splitlines()
    for row in (
        "format    keras 2 hdf5",
        "Keras     2.13.1",
        "input     input_1 (any, 64, 64, 3) float32",
        "output    dense (any, 1) float32",
        "head      sigmoid",
        "backbone  none that is known",
        "scaling   none found inside",
        "layers    4",
        "risk      none found",
        "custom    none needed",
        "contract  size = (64, 64)",
        "          range = (0.0, 1.0): pixels are taken to be divided by 255, the commonest scaling (--range)",
    ):
        assert row in lines


def test_layers_are_listed_on_demand(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Paths and classes of all layers follow the report with --layers, and only then."""
    rows = ["layer     input_1  InputLayer", "          conv2d  Conv2D"]
    assert set(rows) <= set(printed(capsys, model, "--layers").splitlines())
    assert not set(rows) & set(printed(capsys, model).splitlines())


def test_risky_model_is_reported_like_any_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Risks and custom objects are rows of the report, and the exit code is 0."""
    risky = sequential(layer("Lambda", "scale"), layer("Lambda", "again"), layer("mine>Gate"), dense())
    lines = printed(capsys, write_archive(tmp_path / "model", risky)).splitlines()
    assert "risk      The model's Lambda at scale holds Python code, which loading or scoring runs" in lines
    assert "          The model's Lambda at again holds Python code, which loading or scoring runs" in lines
    assert "custom    mine>Gate" in lines


def test_names_in_the_file_cannot_steer_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Escapes, line breaks and lone surrogates from the file are printed as text."""
    evil = "\x1b[2J\r\n\ud800"
    first = picture_input(evil, [None, 40])
    config = {"class_name": "Sequential", "config": {"layers": [first, layer(evil, evil), dense(name=evil)]}}
    out = printed(capsys, write_hdf5(tmp_path / "model", json.dumps(config), version=evil[:4]), "--layers")
    assert all(line.isprintable() for line in out.splitlines())


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "does not take pictures"), (new_weights(), "weights without a model; the model that --builder names")],
)
def test_why_there_is_no_contract_is_said(
    content: bytes | None, reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A model that takes no pictures, and weights alone, have no contract, and one line says why."""
    path = tmp_path / "model"
    if content is None:
        write_hdf5(path, {"class_name": "Sequential", "config": {"layers": [picture_input(shape=[None, 40]), dense()]}})
    else:
        path.write_bytes(content)
    (row,) = [line for line in printed(capsys, path).splitlines() if line.startswith("contract")]
    assert reason in row
    record = json.loads(printed(capsys, path, "--json"))
    assert record["contract"] is None
    assert reason in record["no_contract"]


def test_json_is_one_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Standard output holds one JSON object with its schema's number and everything that the report tells."""
    nested = sequential(chained(conv(), name="base"), layer("Flatten"), dense(2, "softmax"))
    record = json.loads(printed(capsys, write_hdf5(tmp_path / "model", nested), "--json"))
    assert list(record) == [
        *("schema", "path", "sha256", "format", "keras_version", "keras_major", "head", "backbone", "rescaling_inside"),
        *("custom", "inputs", "outputs", "layers", "risks", "contract", "no_contract", "assumptions"),
    ]
    assert record["schema"] == "xaifake.inspection/1"
    assert record["inputs"] == [{"name": "input_1", "shape": [None, 64, 64, 3], "dtype": "float32"}]
    assert record["layers"][3] == {"path": "base/conv2d", "class_name": "Conv2D", "module": None}
    assert (record["contract"]["size"], record["contract"]["head"], record["no_contract"]) == ([64, 64], "softmax", None)
    assert {"field", "value", "reason"} == set(record["assumptions"][0])


def test_what_is_no_model_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is no model: exit code 1, one line on standard error, nothing on standard output."""
    path = tmp_path / "notes.txt"
    path.write_text("not a model")
    assert main(["inspect", "--json", str(path)]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("xaifake: This is no model that Keras saved but text;")
    assert captured.err.count("\n") == 1


def test_tensorflow_is_never_imported(model: Path) -> None:
    """In a process of its own the whole command takes less than a second of processor time, without any TensorFlow."""
    code = (
        "import sys, time; from xaifake.__main__ import main; code = main(['inspect', sys.argv[1]]);"
        "loaded = {'tensorflow', 'keras', 'tf_keras', 'cv2', 'scipy'} & set(sys.modules);"
        "print(time.process_time(), file=sys.stderr); sys.exit(f'loaded {loaded}' if loaded else code)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(model)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert float(done.stderr) < 1
