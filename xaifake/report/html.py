"""The report of a case: one HTML file that opens offline, asks for nothing, and can be printed."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import asdict
from functools import cache
from pathlib import Path, PurePath

import jinja2
from markupsafe import Markup

from xaifake.images import write_whole
from xaifake.records import Case
from xaifake.report import bands, figures, originals, parts, resources, sentences
from xaifake.report.resources import text
from xaifake.report.words import words
from xaifake.schema import SCHEMA, case_record, record_bytes


def write_report(case: Case, path: str | Path) -> Path:
    """Write the report of a case, whole or not at all.

    Raises:
        OutputError: where the file cannot be written.
    """
    path = Path(path)
    write_whole(path, render(case).encode("utf-8", "backslashreplace"))
    return path


def render(case: Case) -> str:
    """The report of a case as one HTML document; the same case gives the same text.

    Whatever comes from outside, such as file names, notes and layer names, is escaped; the page's policy lets nothing run or
    load but its own style and script.
    """
    style, script = text("style.css"), text("script.js")
    close, photograph, whole = figures.near(case)
    methods = figures.panels(close)
    record = record_bytes(case_record(case))
    return (
        environment()
        .get_template("page.html.j2")
        .render(
            case=case,
            photograph=photograph,
            whole=whole,
            methods=methods,
            panels=[panel for panel in methods if not panel.attribution.names],  # named players have sections of their own
            original=originals.section(case),
            parts=parts.section(close),
            bands=bands,
            words=sentences,
            say=words(),
            style=Markup(style),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - our own file
            policy=_policy(style, script),
            contract=asdict(case.contract),
            sections=sections(),
            name=PurePath(case.picture.name).stem,
            schema=SCHEMA,
            record=Markup(_inside_script(record)),  # noqa: S704 - made harmless there
            download=f"data:application/json;base64,{base64.b64encode(record).decode()}",
        )
    )


@cache
def environment() -> jinja2.Environment:
    """Templates that escape everything and refuse unknown names."""
    return jinja2.Environment(
        loader=jinja2.FunctionLoader(text),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def sections() -> list[str]:
    """The templates of the page's sections in order; a new file there is a new section."""
    return [f"sections/{name}" for name in resources.names("sections") if name.endswith(".html.j2")]


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


def _inside_script(record: bytes) -> str:
    r"""JSON that no HTML parser reads as markup: <, > and & stand only inside strings, where escapes mean the same."""
    json = record.decode("utf-8")
    return json.replace("&", r"\u0026").replace("<", r"\u003c").replace(">", r"\u003e")
