"""A case survives the disk, the same case gives the same bytes, and what is no case is refused in one sentence."""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from synthetic import astronaut, make_case

from xaifake.audit.saving import NAME_BYTES, case_names, case_record, failure_record, load_case, save_case
from xaifake.errors import CaseError, PictureError
from xaifake.images import read_picture
from xaifake.records import (
    Box,
    Case,
    Change,
    Check,
    Failure,
    Interaction,
    Limit,
    Measure,
    Omission,
    Original,
    Picture,
    Provenance,
    Review,
    Trial,
)

ROOT = Path(__file__).parents[2]


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A face on disk."""
    path = tmp_path / "face.png"
    Image.fromarray(astronaut()).save(path)
    return path


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A folder for results."""
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


@pytest.fixture
def case(picture: Path) -> Case:
    """A case of that face that has everything a case can have."""
    case = make_case(path=picture, sha256=read_picture(picture).sha256, notes=("a note",))
    shap = case.attributions["shap"]
    parts = dataclasses.replace(
        shap,
        method="parts",
        names=tuple(f"part {n}" for n in range(49)),
        region_errors=np.full(49, 0.01, np.float32),
        interactions=(Interaction(0, 3, 0.25), Interaction(1, 2, -0.125, 0.5)),
    )
    genuine = Picture("genuine.png", case.picture.pixels[::-1].copy(), "ab" * 32, "genuine.png", ("turned",))
    edited = np.eye(192, dtype=bool)
    points = np.array([[10.5, 20.25], [30.0, 40.0]], np.float32)
    return dataclasses.replace(
        case,
        attributions={**case.attributions, "parts": parts},
        face=dataclasses.replace(case.face, keypoints=points, landmarks=points + 1),
        faces=(case.face.box, Box(0, 0, 8, 8)),
        omissions=(Omission("scorecam", "It has no layer."),),
        original=Original(genuine, genuine.pixels, edited, 57, np.array([[1.0, 0, 0.5], [0, 1, 2]])),
        checks=(
            Check("mattered", "shap", "held up", {"drop": 1.5, "random": (0.25, 0.5)}, {"share": 0.1}, None, 3, 44, 2, 0.5),
            Check("repeats", "gradcam", "not tested", reason="nothing_random"),
        ),
        measures=(Measure("deletion", "shap", {"auc": 0.25}, {"steps": 8}, 3, 16, 1, 0.25),),
        limits=(Limit("face_size", "outside", 62.0, 128.0, "pixels"), Limit("distance", "not known")),
        robustness=(Trial(Change("jpeg", 50.0), -1.5), Trial(Change("resize", 0.5), 2.0)),
        provenance=Provenance(
            *("ab" * 32, "cd" * 32, "ef" * 32, "01" * 32),
            {"seed": 3},
            {"cores": 2},
            ("xaifake",),
            "2026",
            {"mask": "23" * 32},
        ),
        reviews=(Review("undecided", "Odd ear.", "A", "2026-01-01T00:00:00Z", True),),
    )


def plain(value: Any) -> Any:
    """A record as plain values that compare."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return tuple((f.name, plain(getattr(value, f.name))) for f in dataclasses.fields(value))
    if isinstance(value, np.ndarray):
        return (str(value.dtype), value.shape, value.tobytes())
    if hasattr(value, "items"):
        return {key: plain(item) for key, item in value.items()}
    return tuple(plain(item) for item in value) if isinstance(value, tuple) else value


def test_a_case_comes_back_as_it_was(case: Case, out: Path) -> None:
    """Every field of every record is the same after saving and loading, arrays bit by bit."""
    loaded = load_case(save_case(case, out))
    for field in dataclasses.fields(Case):
        assert plain(getattr(loaded, field.name)) == plain(getattr(case, field.name)), field.name
    assert list(loaded.attributions) == list(case.attributions)


def test_same_case_same_bytes(case: Case, tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the clock nor the folder shows in the files."""
    first = save_case(case, out)
    later = time.time() + 86_400 * 400
    monkeypatch.setattr(time, "time", lambda: later)
    second = save_case(case, tmp_path)
    assert first.read_bytes() == second.read_bytes()
    assert first.with_suffix(".npz").read_bytes() == second.with_suffix(".npz").read_bytes()


def test_loading_needs_no_tensorflow(case: Case, out: Path) -> None:
    """A saved case opens in a process that never loads TensorFlow or any explainer's package."""
    path = save_case(case, out)
    code = (
        "import sys; from xaifake.audit.saving import load_case; load_case(sys.argv[1]); "
        "print(*{'tensorflow', 'keras', 'shap', 'lime'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == ""


def test_numbers_that_are_not_finite_become_null(case: Case) -> None:
    """A diagnostic that could not be computed is null, never NaN, so that every JSON reader takes the file."""
    lime = dataclasses.replace(case.attributions["lime"], diagnostics={"r2": float("nan"), "gap": np.float32(0.5)})
    record = case_record(dataclasses.replace(case, attributions={"lime": lime}))
    assert record["attributions"]["lime"]["diagnostics"] == {"gap": 0.5, "r2": None}
    json.dumps(record, allow_nan=False)


def test_a_failure_has_the_keys_of_a_case(case: Case) -> None:
    """A reader finds the same top-level keys, null but for schema, image and error."""
    record = failure_record(Failure("a.png", "It is empty."))
    assert list(record) == list(case_record(case))
    assert {key: value for key, value in record.items() if value is not None} == {
        "schema": "xaifake.case/1",
        "image": "a.png",
        "error": "It is empty.",
    }


def test_a_file_name_of_odd_bytes_survives(case: Case, out: Path, picture: Path) -> None:
    """A name that is no valid UTF-8 is written as JSON escapes and comes back the same."""
    odd = dataclasses.replace(case.picture, name="fac\udc80e.png")
    case = dataclasses.replace(case, face=dataclasses.replace(case.face, picture=odd))
    path = save_case(case, out, "odd")
    path.read_bytes().decode("utf-8")
    assert load_case(path, picture).picture.name == "fac\udc80e.png"


def test_documented_keys_are_the_real_ones(case: Case) -> None:
    """docs/schema.md lists every key of the JSON and of the NPZ, and no other."""
    sections = (ROOT / "docs" / "schema.md").read_text(encoding="utf-8").split("\n## ")
    documented = {
        section.partition("\n")[0]: re.findall(r"^\| `([^`]+)` \|", section, flags=re.MULTILINE) for section in sections
    }
    assert set(documented["The JSON"]) == paths_of(case_record(case))
    assert documented["The NPZ"] == [
        "METHOD",
        "METHOD.regions",
        "METHOD.region_values",
        "METHOD.region_errors",
        "face.keypoints",
        "face.landmarks",
        "original.pixels",
        "original.edited",
    ]


OPEN = re.compile(r"versions|.*\.(options|diagnostics|measures|values|machine|files_sha256)|assumptions\[\]\.value")
"""Objects whose keys are not the schema's."""


def paths_of(value: Any, path: str = "") -> set[str]:
    """The keys of a record as the documentation writes them."""
    if isinstance(value, dict) and not OPEN.fullmatch(path):
        names = {key: "METHOD" if path == "attributions" else key for key in value}
        return set().union(*(paths_of(item, f"{path}.{names[key]}".lstrip(".")) for key, item in value.items()))
    if value == []:
        return set()  # whether of values or of records, others of its kind tell
    if isinstance(value, list) and isinstance(value[0], dict):
        return set().union(*(paths_of(item, f"{path}[]") for item in value))
    return {path}


def test_a_changed_picture_is_refused(case: Case, out: Path, picture: Path) -> None:
    """One changed grey level and the case no longer opens."""
    path = save_case(case, out)
    pixels = astronaut()
    pixels[0, 0, 0] ^= 1
    Image.fromarray(pixels).save(picture)
    with pytest.raises(PictureError, match=r"SHA-256 differs.*Received: .*face.png"):
        load_case(path)


def test_a_moved_picture_can_be_given(case: Case, tmp_path: Path, out: Path, picture: Path) -> None:
    """Where the picture moved, `picture=` says where to; the record keeps the path of the time."""
    path = save_case(case, out)
    moved = picture.rename(tmp_path / "elsewhere.png")
    with pytest.raises(PictureError):
        load_case(path)
    assert load_case(path, moved).picture.path == str(picture)


def test_an_array_must_be_given_again(tmp_path: Path) -> None:
    """A case of an array cannot find its pixels, and says so; given again, it opens."""
    case = make_case(path=None)
    path = save_case(case, tmp_path)
    with pytest.raises(PictureError, match=r"from an array.*picture=.*Received: array"):
        load_case(path)
    assert plain(load_case(path, case.picture)) == plain(case)


def damaged(path: Path, change: Any) -> None:
    record = json.loads(path.read_text(encoding="utf-8"))
    change(record)
    path.write_text(json.dumps(record), encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda record: record.update(schema="xaifake.case/9"), "schema xaifake.case/1.*Received: .* of xaifake.case/9"),
        (lambda record: record.update(error="No face."), "only why there is none: No face."),
        (lambda record: record.pop("face"), "damaged.*face"),
        (lambda record: record["contract"].update(colour=1), "damaged.*colour"),
        (lambda record: record["attributions"]["lime"].update(grid=[1, 2]), "damaged.*map of lime has the shape"),
        (lambda record: record["attributions"].update(other=record["attributions"]["lime"]), "no map of other"),
    ],
    ids=["schema", "failure", "missing key", "unknown key", "grid", "map"],
)
def test_a_damaged_record_is_refused(case: Case, out: Path, change: Any, sentence: str) -> None:
    """Each kind of damage gives one sentence that names it."""
    path = save_case(case, out)
    damaged(path, change)
    with pytest.raises(CaseError, match=sentence):
        load_case(path)


@pytest.mark.parametrize("content", [b"", b"[1]", b"\xff\xfe", b'{"a": 1}'])
def test_what_is_no_record_is_refused(tmp_path: Path, content: bytes) -> None:
    """Any other file in the place of the JSON is named, not raised through."""
    path = tmp_path / "case.json"
    path.write_bytes(content)
    with pytest.raises(CaseError, match=r"Received: .*case.json"):
        load_case(path)


def test_missing_files_are_named(case: Case, tmp_path: Path, out: Path) -> None:
    """Without its JSON or its NPZ a case is refused by the missing file's name."""
    path = save_case(case, out)
    path.with_suffix(".npz").write_bytes(b"PK no archive")
    with pytest.raises(CaseError, match="maps of this case are damaged"):
        load_case(path)
    path.with_suffix(".npz").unlink()
    with pytest.raises(CaseError, match=r"Received: no file .*face\.npz"):
        load_case(path)
    with pytest.raises(CaseError, match="cannot be read"):
        load_case(tmp_path / "none.json")


def test_foreign_maps_are_refused(case: Case, out: Path) -> None:
    """One changed number of one map and the case no longer opens: the JSON holds the maps' SHA-256."""
    path = save_case(case, out)
    with np.load(path.with_suffix(".npz")) as file:
        arrays = dict(file)
    arrays["gradcam"][0, 0] += 1
    np.savez(path.with_suffix(".npz"), **arrays)
    with pytest.raises(CaseError, match=r"not those of this case.*SHA-256 differs.*Received: .*face.json"):
        load_case(path)


def test_pickles_are_refused(case: Case, out: Path) -> None:
    """An NPZ that holds a pickled object is damaged, not run."""
    path = save_case(case, out)
    np.savez(path.with_suffix(".npz"), gradcam=np.array([{"a": 1}], dtype=object))
    with pytest.raises(CaseError, match=r"damaged.*allow_pickle"):
        load_case(path)


@given(st.lists(st.text(max_size=300).map(lambda text: text.replace("\0", "")), max_size=8))
def test_names_are_unique_and_safe(pictures: list[str]) -> None:
    """Whatever the inputs are called, each gets a stem of its own that stays in the folder and fits a file system."""
    names = case_names(pictures)
    assert len({name.casefold() for name in names}) == len(pictures)
    for name in names:
        assert Path(name).name == name
        assert name[0] not in ".-_"
        assert len(name.encode("utf-8")) <= NAME_BYTES + 8


def test_names_number_what_would_collide() -> None:
    """Same stems from other folders, other endings and other capitals are numbered, in order."""
    assert case_names(["a/x.png", "b/x.png", "x-2.png", "c/X.jpg", "<b>&.png"]) == ["x", "x-2", "x-2-2", "X-3", "b"]
