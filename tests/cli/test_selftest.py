"""``xaifake selftest``: a table while it runs, JSON on demand, 0 where all is right and 1 where anything is not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from xaifake.__main__ import main
from xaifake.audit import selftest
from xaifake.audit.selftest import Finding

RIGHT = Finding("shap", "Keras 3", "it lies there", "there", True)
UNTRIED = Finding("gradcam", "Keras 3", "it lies there", "no layer", None)
WRONG = Finding("lime", "Keras 2", "it lies there", "elsewhere", False)


def found(monkeypatch: pytest.MonkeyPatch, *findings: Finding) -> dict[str, Any]:
    """Let this machine be found so; what was asked of it."""
    asked: dict[str, Any] = {}

    def of_machine(**options: Any) -> Iterator[Finding]:
        asked.update(options)
        yield from findings

    monkeypatch.setattr(selftest, "of_machine", of_machine)
    return asked


def test_all_right_is_0(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """One line for each finding below what is known, once, and their counts; what could not be tried is no fault."""
    found(monkeypatch, RIGHT, UNTRIED)

    assert main(["selftest"]) == 0
    heading, first, second, closing = capsys.readouterr().out.splitlines()
    assert heading == "it lies there:"
    assert ["right", "shap", "Keras", "3", "there"] == first.split()
    assert ["not", "tried", "gradcam", "Keras", "3", "no", "layer"] == second.split()
    assert closing.startswith("1 right, 0 WRONG, 1 not tried, in ")


def test_anything_wrong_is_1(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The failing line is said again on standard error, with what to do."""
    found(monkeypatch, RIGHT, WRONG)

    assert main(["selftest"]) == 1
    told = capsys.readouterr()
    assert "WRONG" in told.out
    first, advice = told.err.splitlines()
    assert first == "xaifake: wrong: lime on Keras 2: elsewhere; but it lies there"
    assert advice.startswith("xaifake: Believe no explanation by a method that is wrong here.")


def test_json_is_one_object(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Every finding with all its fields, whether all is right, versions and machine; nothing else on standard output."""
    found(monkeypatch, WRONG, UNTRIED)

    assert main(["selftest", "--json"]) == 1
    record = json.loads(capsys.readouterr().out)
    assert ("xaifake.selftest/1", False) == (record["schema"], record["right"])
    assert {"test": "lime", "subject": "Keras 2", "known": "it lies there", "found": "elsewhere", "right": False} == record[
        "findings"
    ][0]
    assert record["findings"][1]["right"] is None
    assert {"findings", "machine", "right", "schema", "seconds", "versions"} == set(record)


@pytest.mark.parametrize(("flags", "everything"), [([], False), (["--all"], True)])
def test_all_asks_for_everything(flags: list[str], everything: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """--all, and nothing else, asks for the whole matrix."""
    asked = found(monkeypatch)

    assert main(["selftest", *flags]) == 0
    assert {"everything": everything} == asked


@pytest.mark.parametrize("flags", [["--fake-when", "low"], ["--allow-unsafe"], ["--builder", "a:b"]])
def test_a_contract_goes_with_a_model(flags: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Flags that say how to load and read a model are refused where there is none, not ignored."""
    assert main(["selftest", *flags]) == 2
    assert f"go with MODEL. Received: {flags[0]}" in capsys.readouterr().err


def test_a_model_that_cannot_be_loaded_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is no model is refused before anything is tried."""
    (tmp_path / "notes.h5").write_text("no model")

    assert main(["selftest", str(tmp_path / "notes.h5")]) == 1
    told = capsys.readouterr()
    assert "" == told.out
    assert 1 == len(told.err.splitlines())


@pytest.mark.keras
def test_the_demo_is_right(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The detector that comes with xaifake has nothing wrong: explainers find its variant's patches, its facts are true."""
    from xaifake.cli.demo import MATERIAL

    found(monkeypatch, RIGHT)
    assert main(["selftest", str(MATERIAL / "detector.keras"), "--json"]) == 0
    told = {one["test"]: one["right"] for one in json.loads(capsys.readouterr().out)["findings"][1:]}
    assert {"occlusion", "bands", "repeats", "batch", "gradient", "layer", "weights", "file"} <= {
        name for name, right in told.items() if right
    }


@pytest.mark.keras
@pytest.mark.parametrize(
    ("name", "flags"),
    [
        ("malay_meso.hdf5", ["--fake-when", "low"]),
        ("sabari_cnn.keras", ["--fake-when", "low"]),
        ("notcleo_dct.h5", ["--domain", "dct", "--size", "64", "--channels", "grey", "--range", "0,255"]),
        ("dbhade_rescaling.h5", []),
    ],
)
def test_detectors_of_others_are_right(
    name: str, flags: list[str], data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Third-party detectors of pixels and of coefficients, one of which hardly reacts to anything, have nothing wrong."""
    found(monkeypatch)
    assert main(["selftest", str(data / "detectors" / name), *flags, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["findings"]
    assert {True, None} == {one["right"] for one in told}
    assert sum(one["right"] is None for one in told) <= 3


@pytest.mark.keras
def test_a_broken_explainer_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Where one method's maps have the wrong sign on this machine, the self test is not right, and names it."""
    import dataclasses

    from xaifake.audit.selftest import explaining
    from xaifake.explainers.occlusion import Occlusion

    right = Occlusion.explain

    def negated(self: Occlusion, *asked: Any) -> Any:
        return [dataclasses.replace(one, values=-one.values) for one in right(self, *asked)]

    monkeypatch.setattr(Occlusion, "explain", negated)
    monkeypatch.setattr(explaining, "FEW", explaining.FEW[:1])
    monkeypatch.setattr(selftest, "FEW", explaining.FEW)
    assert main(["selftest"]) == 1
    *told, advice = capsys.readouterr().err.splitlines()
    assert ["xaifake: wrong: occlusion on Keras 3, flat, tensorflow"] == [line.rpartition(": most")[0] for line in told]
    assert "Believe no explanation" in advice
