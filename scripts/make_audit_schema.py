"""Write docs/audit_schema.md: every key of ``audit.json``, from the records that it is written from.

python scripts/make_audit_schema.py
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from xaifake import records
from xaifake.audit_schema import SCHEMA, audit_schema

PAGE = Path(__file__).parents[1] / "docs" / "audit_schema.md"
HEAD = f"""# An audit on disk

`xaifake audit` writes `audit.json`: all that the audit says, in words and plain numbers.
`xaifake.audit.audits.load_audit` brings it back without TensorFlow. Rows and maps of single pictures lie beside it.

The schema is `{SCHEMA}`. A change that would break a reader gets the next number; new keys alone do not. The same audit
gives the same bytes: keys are sorted, and each top-level key has a line of its own. No number is NaN or infinite.

This page is written by `scripts/make_audit_schema.py` from the records in `xaifake/records/`; a test holds it to them.
"""
ATTRIBUTES = re.compile(r"\n+Attributes:\n(?P<body>(?:    .*\n?|\n)+)")

Schema = Mapping[str, Any]


def page() -> str:
    """The page, as Markdown."""
    schema = audit_schema()
    sections = [_section("The audit", schema)]
    sections += [_section(name, of) for name, of in sorted(schema["$defs"].items())]
    return "\n".join([HEAD, *sections])


def _section(title: str, schema: Schema) -> str:
    prose, told = _described(schema.get("description", ""))
    told |= dict(_beneath(getattr(records, schema["title"])))
    rows = [
        f"| `{name}` | {_type(of)} | {told.get(name, '')} |".replace("  |", " |")
        for name, of in schema["properties"].items()
    ]
    return "\n".join([f"## {title}\n", f"{prose}\n", "| Key | Type | Is |", "|---|---|---|", *rows, ""])


def _described(text: str) -> tuple[str, dict[str, str]]:
    """A record's docstring: its prose, and what it says of each attribute."""
    found = ATTRIBUTES.search(text)
    prose = ATTRIBUTES.sub("\n", text) if found else text
    return _plain(prose), dict(_attributes(found["body"])) if found else {}


def _attributes(body: str) -> Iterator[tuple[str, str]]:
    for entry in re.split(r"\n    (?=\S)", "\n" + body.rstrip())[1:]:
        names, _, said = entry.partition(": ")
        for name in names.split(", "):
            yield name, _plain(" ".join(said.split()))


def _beneath(record: type) -> Iterator[tuple[str, str]]:
    """What stands beneath an attribute in the source."""
    (written,) = ast.parse(textwrap.dedent(inspect.getsource(record))).body
    assert isinstance(written, ast.ClassDef)  # noqa: S101 - a record is a class
    for line, after in pairwise(written.body):
        if isinstance(line, ast.AnnAssign) and isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            yield ast.unparse(line.target), _plain(" ".join(str(after.value.value).split()))


def _plain(text: str) -> str:
    return text.replace("``", "`").replace("|", "\\|").strip()


def _type(of: Schema) -> str:
    """A type in words."""
    if "$ref" in of:
        name = of["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in of:
        return " or ".join(_type(one) for one in of["anyOf"])
    if "const" in of or "enum" in of:
        return ", ".join(f"`{one}`" for one in of.get("enum", [of.get("const")]))
    if of.get("type") == "array":
        inner = of.get("prefixItems")
        return f"[{', '.join(_type(one) for one in inner)}]" if inner else f"[{_type(of['items'])}, …]"
    if of.get("type") == "object":
        values = of.get("additionalProperties")
        return f"object of {_type(values)}" if isinstance(values, dict) else "object"
    return str(of.get("type", "any"))


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
