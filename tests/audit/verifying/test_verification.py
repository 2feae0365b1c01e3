"""What of a case differs without running anything: its signature, its own digests, its files, its contract, the versions."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from xaifake.audit.stored import read_record
from xaifake.audit.verifying import Verification, verify
from xaifake.audit.verifying.asking import OPTIONS, asked_of
from xaifake.detector.inspection.formats import digest
from xaifake.errors import CaseError, ContractError, XaifakeError

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]


def changed(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the record of a case on disk."""
    record = json.loads(path.read_text("utf-8"))
    change(record)
    path.write_text(json.dumps(record), "utf-8")


def differing(verification: Verification) -> list[str]:
    return [step.name for step in verification.differing]


def test_an_untouched_case_agrees(recorded: Path) -> None:
    """Each step up to the versions is compared, in the order in which a case is made."""
    verification = verify(recorded, offline=True)
    assert verification.agrees
    assert [step.name for step in verification.steps] == [
        *("record", "maps", "picture bytes", "decoded picture", "model file", "contract", "options", "versions")
    ]


@pytest.mark.slow
def test_offline_imports_no_tensorflow(recorded: Path) -> None:
    """Nor Keras, nor anything that could run a model."""
    code = (
        "import sys; from xaifake.__main__ import main; main(['verify', sys.argv[1], '--offline']); "
        "print(*{'tensorflow', 'keras', 'tf_keras', 'onnxruntime'} & set(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, recorded], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stderr.strip() == ""
    assert "model file       agrees" in done.stdout


@pytest.mark.parametrize(
    ("change", "step"),
    [
        (lambda record: record["prediction"].update(p_fake=0.4), "record"),
        (lambda record: record["prediction"].update(label="REAL"), "record"),
        (lambda record: record.update(seed=5), "record"),
        (lambda record: record.update(arrays_sha256="ab"), "maps"),
        (lambda record: record["picture"].update(sha256="ab"), "picture bytes"),
        (lambda record: record["provenance"].update(pixels_sha256="ab"), "decoded picture"),
        (lambda record: record["picture"].update(format="JPEG"), "decoded picture"),
        (lambda record: record["detector"].update(sha256="ab"), "model file"),
        (lambda record: record["contract"].update(fake_when="low"), "contract"),
        (lambda record: record["provenance"]["options"].update(regions=60), "options"),
        (lambda record: record["versions"].update(numpy="1.0"), "versions"),
        (lambda record: record["versions"].update(other="1.0"), "versions"),
    ],
)
def test_each_change_is_named(recorded: Path, change: Callable[[dict[str, Any]], object], step: str) -> None:
    """One changed value of the record, and that step alone differs."""
    changed(recorded, change)
    assert differing(verify(recorded, offline=True)) == [step]


def test_a_changed_pixel_is_named(recorded: Path, picture: Path) -> None:
    """By the file's bytes first and then by what it decodes to; saved otherwise with the same pixels, by its bytes alone."""
    pixels = np.asarray(Image.open(picture)).copy()
    Image.fromarray(pixels).save(picture, compress_level=0)
    assert differing(verify(recorded, offline=True)) == ["picture bytes"]
    pixels[0, 0, 0] ^= 1
    Image.fromarray(pixels).save(picture)
    assert differing(verify(recorded, offline=True)) == ["picture bytes", "decoded picture"]


def test_a_changed_map_is_named(recorded: Path) -> None:
    """Where the NPZ is damaged or missing, that is said instead."""
    maps = recorded.with_suffix(".npz")
    with np.load(maps) as file:
        arrays = dict(file)
    arrays["lime"] = arrays["lime"] + 1
    np.savez(maps, **arrays)
    assert differing(verify(recorded, offline=True)) == ["maps"]
    maps.write_bytes(b"PK")
    (step,) = verify(recorded, offline=True).differing
    assert step.note.startswith("The maps of this case are damaged")
    maps.unlink()
    verification = verify(recorded, offline=True)
    assert verification.agrees
    assert verification.steps[1].note == f"there is no {maps}"


def test_moved_files_are_found(recorded: Path, picture: Path, tmp_path: Path) -> None:
    """Beside the case, or where a flag says; missing ones are named with their flag."""
    moved = tmp_path / "moved"
    recorded.parent.rename(moved)
    picture.rename(tmp_path / "elsewhere.png")
    case = moved / recorded.name
    (step,) = verify(case, offline=True).differing
    assert (step.name, step.differences[0].found, step.note) == ("picture bytes", "no file", "name it with --picture")
    assert verify(case, offline=True, places={"picture": tmp_path / "elsewhere.png"}).agrees
    shutil.copy(tmp_path / "elsewhere.png", moved / "face.png")
    assert verify(case, offline=True).agrees


def test_pictures_of_reference_are_read_where_the_user_says(recorded: Path, tmp_path: Path) -> None:
    """The folder of a record is never listed; named by its flag, it is compared by all that it holds."""
    folder = tmp_path / "reference"
    folder.mkdir()
    (folder / "a.png").write_bytes(b"a")
    changed(recorded, lambda record: record["provenance"].update(files_sha256={"reference": digest(folder)}))
    (step,) = verify(recorded, offline=True).differing
    assert (step.name, step.note) == ("reference", "name it with --reference")
    assert verify(recorded, offline=True, places={"reference": folder}).agrees
    (folder / "b.png").write_bytes(b"b")
    assert differing(verify(recorded, offline=True, places={"reference": folder})) == ["reference"]


def test_a_contract_that_says_otherwise_is_named(recorded: Path) -> None:
    """The file beside the model, one that is given, or a single field; each against what was recorded."""
    beside = recorded.parent / "model.contract.toml"
    beside.write_text("size = [128, 128]\nthreshold = 0.5\n", "utf-8")
    assert verify(recorded, offline=True).agrees
    assert differing(verify(recorded, offline=True, fields={"threshold": 0.6})) == ["contract"]
    beside.write_text("threshold = 0.6\nsize = [64, 64]\n", "utf-8")
    (step,) = verify(recorded, offline=True).differing
    assert [(d.what, d.recorded, d.found) for d in step.differences] == [
        ("threshold", 0.5, 0.6),
        ("size", [128, 128], [64, 64]),
    ]
    with pytest.raises(ContractError):
        verify(recorded, offline=True, contract="none.toml")


def test_paths_of_a_record_are_only_hashed(recorded: Path, tmp_path: Path) -> None:
    """A case may name any path: devices and folders are not touched, and nothing of a file but its SHA-256 is told."""
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret", "utf-8")
    for path in ("/dev/zero", "/", str(tmp_path), "a\0b", "x" * 5000, str(secret)):
        for key in ("picture", "detector"):
            changed(recorded, lambda record, key=key, path=path: record[key].update(path=path))
        shown = str(verify(recorded, offline=True))
        assert "the secret" not in shown


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda record: record.update(provenance=None), "does not say all that was asked"),
        (lambda record: record["provenance"].update(options=[1]), "does not say all that was asked"),
        (lambda record: record["provenance"]["options"].pop("seed"), "does not say all that was asked"),
        (lambda record: record["provenance"]["options"].update(regions=10**9), "regions = 1000000000"),
        (lambda record: record["provenance"]["options"].update(methods="lime"), "methods = lime"),
        (lambda record: record["provenance"]["options"].update(methods=["verdict"]), "no explainer of that name"),
        (lambda record: record["provenance"]["options"].update(methods=["lime:calls=9999999"]), "1,000,000 model calls"),
        (lambda record: record["provenance"]["options"].update(box={"top": 0}), "box = "),
        (lambda record: record["provenance"]["options"].update(limits=["distance:reference=/"]), "limits = "),
        (lambda record: record["contract"].update(size=[0, 0]), "size must be"),
        (lambda record: record.update(contract=[]), "asks for what cannot be"),
        (lambda record: record.update(prediction=None), "no logit or no threshold"),
    ],
)
def test_what_cannot_be_repeated_is_refused(
    recorded: Path, change: Callable[[dict[str, Any]], object], sentence: str
) -> None:
    """A record that asks for nothing, for too much, or for what there is not, by one sentence."""
    changed(recorded, change)
    with pytest.raises(CaseError, match=sentence):
        verify(recorded, offline=True)


def test_what_is_asked_is_what_explain_takes(recorded: Path) -> None:
    """Each option of a record is checked by name, and those that are asked again are options of `xaifake.explain`."""
    record = read_record(recorded)
    assert set(OPTIONS) == set(record["provenance"]["options"])
    assert asked_of(record).calls > 64


PLAIN = st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.lists(st.text(max_size=3), max_size=2)


@pytest.mark.slow
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_damage_is_told_or_refused(recorded: Path, data: st.DataObject) -> None:
    """Any value of a record may be of any kind: what comes of it is steps, or one line."""
    kept = recorded.read_bytes()
    place = json.loads(kept)
    record = place
    while True:
        key = data.draw(st.sampled_from(sorted(place)))
        if not (isinstance(place[key], dict) and place[key]) or data.draw(st.booleans()):
            break
        place = place[key]
    place[key] = data.draw(PLAIN)
    recorded.write_text(json.dumps(record), "utf-8")
    try:
        told = [step.outcome for step in verify(recorded, offline=True).steps]
    except XaifakeError as error:
        told = str(error).splitlines()
        assert len(told) == 1
    finally:
        recorded.write_bytes(kept)
    assert told
