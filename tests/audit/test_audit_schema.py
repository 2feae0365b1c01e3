"""docs/audit_schema.md says what audit.json holds."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest
from audits_made import whole_audit

from xaifake.audit_schema import audit_bytes, audit_schema

ROOT = Path(__file__).parents[2]


def test_the_page_is_the_one_that_the_records_give() -> None:
    """Whoever changes a record writes the page anew: python scripts/make_audit_schema.py."""
    made = runpy.run_path(str(ROOT / "scripts" / "make_audit_schema.py"))["page"]()

    assert made == (ROOT / "docs" / "audit_schema.md").read_text(encoding="utf-8")


def test_an_audit_is_what_its_schema_says() -> None:
    """Every top-level key is named, and none is missing."""
    schema, record = audit_schema(), json.loads(audit_bytes(whole_audit()))

    assert set(schema["properties"]) == set(record)
    assert set(schema["required"]) <= set(record)
    assert schema["properties"]["schema"] == {"const": record["schema"]}


@pytest.mark.parametrize("name", ["Drives", "Interval", "Shortcut", "Performance"])
def test_the_page_describes_records(name: str) -> None:
    """Each has a section, with its keys."""
    page = (ROOT / "docs" / "audit_schema.md").read_text(encoding="utf-8")

    assert f"\n## {name}\n" in page
    for key in audit_schema()["$defs"][name]["properties"]:
        assert f"\n| `{key}` | " in page.partition(f"\n## {name}\n")[2]
