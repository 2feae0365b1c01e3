"""An audit on disk: it comes back as it was, the same bytes each time, and foreign files are refused in one sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from audits_made import bare_audit, whole_audit

from xaifake.audit.audits import load_audit, save_audit
from xaifake.audit_schema import audit_bytes
from xaifake.errors import CaseError, OutputError
from xaifake.records import Audit


@pytest.mark.parametrize("made", [whole_audit, bare_audit])
def test_an_audit_comes_back_as_it_was(made: Callable[[], Audit], tmp_path: Path) -> None:
    """By its path and by its folder; saved again it has the same bytes."""
    path = save_audit(made(), tmp_path)

    assert path == tmp_path / "audit.json"
    assert made() == load_audit(path) == load_audit(tmp_path)
    assert audit_bytes(load_audit(path)) == path.read_bytes()


def test_keys_are_sorted_and_lines_are_few(tmp_path: Path) -> None:
    """One line a top-level key, so that two audits can be compared by eye; the schema is named."""
    text = save_audit(whole_audit(), tmp_path).read_text()

    record = json.loads(text)
    assert record["schema"] == "xaifake.audit/1"
    assert sorted(record) == list(record)
    assert len(text.splitlines()) == len(record) + 2


def test_a_number_that_is_not_finite_is_not_written(tmp_path: Path) -> None:
    """No reader of JSON would take it."""
    with pytest.raises(ValueError, match="not JSON compliant"):
        save_audit(replace(whole_audit(), versions={"numpy": float("nan")}), tmp_path)


def test_a_file_name_that_is_no_text_is_kept(tmp_path: Path) -> None:
    """An address with odd bytes is written as escapes, and read back."""
    made = replace(bare_audit(), command=("xaifake", "audit", "odd\udcff"))

    assert load_audit(save_audit(made, tmp_path)) == made


def _without(key: str) -> Callable[[dict[str, Any]], None]:
    return lambda record: record.pop(key)


@pytest.mark.parametrize(
    ("harm", "match"),
    [
        (
            lambda record: record.update(schema="xaifake.case/1"),
            "reads audits of the schema xaifake.audit/1. Received: .*case/1",
        ),
        (_without("schema"), "reads audits of the schema"),
        (_without("data"), "damaged .at data: Field required."),
        (lambda record: record.update(seed="seven"), "damaged .at seed: "),
        (lambda record: record["shortcuts"][0].update(outcome="not tested"), "damaged .at shortcuts.0: "),
        (lambda record: record["drives"]["maps"][0].update(values=[["high"]]), "damaged .at drives.maps.0.values.0.0: "),
    ],
)
def test_damage_is_named(harm: Callable[[dict[str, Any]], None], match: str, tmp_path: Path) -> None:
    """Another schema, a missing key and a value of another type: the first place that is wrong is said."""
    path = save_audit(whole_audit(), tmp_path)
    record = json.loads(path.read_text())
    harm(record)
    path.write_text(json.dumps(record))

    with pytest.raises(CaseError, match=match):
        load_audit(path)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"schema": NaN}', '{"a": 1, "a": 2}', "[" * 5000, '{"seed": 1e999}'])
def test_what_is_no_such_json_is_refused(text: str, tmp_path: Path) -> None:
    """Empty, a list, cut off, not finite, a key twice, too deep: one sentence."""
    path = tmp_path / "audit.json"
    path.write_text(text)

    with pytest.raises(CaseError, match="Received: "):
        load_audit(path)


def test_a_missing_audit_is_refused(tmp_path: Path) -> None:
    """What would be one is said."""
    with pytest.raises(CaseError, match=r"the folder that xaifake audit wrote, or the audit\.json in it"):
        load_audit(tmp_path)


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    """Nothing is made that nobody asked for."""
    with pytest.raises(OutputError, match="cannot be written"):
        save_audit(bare_audit(), tmp_path / "none")
