"""What is no case, or a damaged or hostile one, is refused in one sentence; a report's record is the case's."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from synthetic import make_case

from xaifake.audit import stored
from xaifake.audit.saving import load_case, save_case
from xaifake.audit.stored import maps_beside, read_maps, read_record
from xaifake.errors import CaseError, XaifakeError
from xaifake.records import Case
from xaifake.report.html import write_report


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


@pytest.mark.slow
def test_a_report_holds_the_record_of_its_case(out: Path) -> None:
    """The record in a page is the JSON beside it, key by key, in blind reports too, whatever stands in names and notes."""
    case = make_case(path="</script><b>&face.png", notes=("<!-- a note",))
    path = save_case(case, out, "face")
    for blind in (False, True):
        report = write_report(case, out / "face.html", blind=blind)
        assert read_record(path) == read_record(report)
    assert maps_beside(path) == maps_beside(report)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ('{"schema": 1, "schema": 2}', "damaged"),
        ('{"a": NaN}', "damaged"),
        ('{"a": 1e999}', "damaged"),
        (f'{{"a": {"9" * 40}}}', "damaged"),
        ("[" * 100_000, "damaged"),
        (f'{{"a": {"[" * 40}{"]" * 40}}}', "damaged"),
        ("<html><script>1</script></html>", "holds no record"),
        ('<script type="application/json">{"a": 1}', "holds no record"),
        ('{"schema": "\\u001b[2J"}', r"of \\x1b\[2J$"),
    ],
)
def test_odd_json_is_refused(tmp_path: Path, content: str, sentence: str) -> None:
    """Keys that stand twice, numbers too large, endless nesting, pages without a record; no escape reaches a terminal."""
    path = tmp_path / "case.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CaseError, match=sentence) as caught:
        read_record(path)
    assert str(caught.value).isprintable()


def test_a_file_of_any_size_costs_little(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file is read up to a bound, and maps are not unpacked beyond one: neither a device nor a zip bomb fills memory."""
    with pytest.raises(CaseError, match="at most 64 MiB"):
        read_record(Path("/dev/zero"))
    path = tmp_path / "bomb.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("gradcam.npy", bytes(2**20))
    monkeypatch.setattr(stored, "MOST_UNPACKED", 2**16)
    with pytest.raises(CaseError, match="unpack to 1 MiB"):
        read_maps(path)


def test_maps_that_declare_too_much_are_refused(tmp_path: Path) -> None:
    """An array whose header says more numbers than follow it is damage, whatever its size."""
    path = tmp_path / "case.npz"
    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000,), }".ljust(117) + b"\n"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("gradcam.npy", b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header)
    with pytest.raises(CaseError, match="maps of this case are damaged"):
        read_maps(path)


FUZZED = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.slow
@FUZZED
@given(st.data())
def test_any_damage_is_one_sentence(case: Case, out: Path, data: st.DataObject) -> None:
    """Bytes cut, changed or put anywhere in the JSON or the NPZ: the case opens, or is refused by one line."""
    path = save_case(case, out)
    target = data.draw(st.sampled_from([path, maps_beside(path)]))
    content = bytearray(target.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at : data.draw(st.integers(at, at + 8))] = data.draw(st.binary(max_size=8))
    target.write_bytes(content[: data.draw(st.sampled_from([len(content), at]))])
    refused_in_a_line(path)


@pytest.mark.slow
@FUZZED
@given(st.data())
def test_any_wrong_type_is_one_sentence(case: Case, out: Path, data: st.DataObject) -> None:
    """A value of another kind at any place of the record: the case opens, or is refused by one line."""
    path = save_case(case, out)
    record = json.loads(path.read_text("utf-8"))
    place, key = data.draw(st.sampled_from(list(places(record))))
    place[key] = data.draw(PLAIN)
    path.write_text(json.dumps(record), "utf-8")
    refused_in_a_line(path)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every object and list of a record with each of its keys."""
    for key in list(value) if isinstance(value, dict) else range(len(value)):
        yield value, key
        if isinstance(value[key], dict | list):
            yield from places(value[key])


def refused_in_a_line(path: Path) -> None:
    try:
        load_case(path)
    except XaifakeError as error:
        refusal = str(error)
        assert "\n" not in refusal
