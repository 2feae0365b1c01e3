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
from xaifake.errors import PictureError
from xaifake.records import (
    Case,
    Failure,
)

ROOT = Path(__file__).parents[2]


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


@pytest.mark.slow
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
