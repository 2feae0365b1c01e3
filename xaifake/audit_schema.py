"""Audits, comparisons and cards as plain data: words and plain numbers, as their JSON and their pages hold them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from xaifake.records import Audit, Comparison

if TYPE_CHECKING:
    from pydantic import TypeAdapter

SCHEMA = "xaifake.audit/1"
COMPARISON_SCHEMA = "xaifake.comparison/1"


def audit_bytes(audit: Audit) -> bytes:
    r"""An audit as JSON, as `record_bytes` writes it.

    A file name that is no valid text keeps its odd bytes as ``\udcXX`` escapes.
    """
    return record_bytes({**adapter().dump_python(audit), "schema": SCHEMA})


def comparison_bytes(comparison: Comparison) -> bytes:
    """A comparison as JSON, written as an audit is."""
    from pydantic import TypeAdapter

    return record_bytes({**TypeAdapter(Comparison).dump_python(comparison), "schema": COMPARISON_SCHEMA})


def record_bytes(record: Mapping[str, Any]) -> bytes:
    """A record's plain data as JSON in UTF-8: keys sorted, one line a top-level key, no number that is not finite."""
    lines = (f"{json.dumps(key)}: {_text(record[key])}" for key in sorted(record))
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode("utf-8", "backslashreplace")


def audit_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of ``audit.json``."""
    schema = adapter().json_schema(mode="serialization")
    schema["properties"] = {"schema": {"const": SCHEMA}, **schema["properties"]}
    schema["required"] = ["schema", *schema["required"]]
    return schema


@cache
def adapter() -> TypeAdapter[Audit]:
    """Writes audits as plain data and reads them back."""
    from pydantic import TypeAdapter

    return TypeAdapter(Audit)


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"), default=dict)
