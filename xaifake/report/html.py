"""The report of a case: one HTML file that opens offline, asks for nothing, and can be printed."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path, PurePath
from typing import Any

import jinja2
from markupsafe import Markup

from xaifake.images import write_whole
from xaifake.records import Case
from xaifake.report import (
    bands,
    checks,
    figures,
    limitations,
    limits,
    numbers,
    originals,
    parts,
    resources,
    robustness,
    sentences,
    summary,
)
from xaifake.report.resources import text
from xaifake.report.settled import silenced
from xaifake.report.words import words
from xaifake.schema import SCHEMA, case_record, record_bytes

STYLES = ("style.css", "evidence.css", "review.css", "trust.css", "print.css")
"""The page's style by topic, joined in this order."""


def write_report(case: Case, path: str | Path, *, blind: bool = False) -> Path:
    """Write the report of a case, whole or not at all. A blind one opens only to readers who have noted their own call.

    Raises:
        OutputError: where the file cannot be written.
    """
    path = Path(path)
    write_whole(path, render(case, blind=blind).encode("utf-8", "backslashreplace"))
    return path


def render(case: Case, *, blind: bool = False) -> str:
    """The report of a case as one HTML document; the same case gives the same text.

    Whatever comes from outside, such as file names, notes and layer names, is escaped; the page's policy lets nothing run or
    load but its own style and script.
    """
    told = case_record(case)
    record, case = record_bytes(told), silenced(case)
    close, photograph, whole = figures.near(case)
    methods = figures.panels(close)
    shown = {
        "case": case,
        "blind": blind,
        "photograph": photograph,
        "whole": whole,
        "methods": methods,
        "panels": [panel for panel in methods if not panel.attribution.names],  # named players have sections of their own
        "original": originals.section(case),
        "parts": parts.section(close),
        "bands": bands,
        "summary": summary.section(case),
        "limits": limits.section(case),
        "checks": checks.section(case),
        "robustness": robustness.section(case),
        "limitations": limitations.triggered(case),
        "words": sentences,
        "contract": asdict(case.contract),
        "name": PurePath(case.picture.name).stem,
        "command": shlex.join(case.provenance.command) if case.provenance else "",
        "schema": SCHEMA,
        "download": f"data:application/json;base64,{base64.b64encode(record).decode()}",
    }
    body = environment().get_template("sections.html.j2").render(sections=sections(), **shown)
    report = hashlib.sha256(record).hexdigest()[:12]
    style, script = "".join(map(text, STYLES)) + _footer(report), text("script.js")
    page = environment().get_template("page.html.j2")
    return page.render(
        **shown,
        report=report,
        body=Markup(body),  # noqa: S704 - our own templates, which escape everything
        outline=_outline(body),
        style=Markup(style),  # noqa: S704 - our own files
        script=Markup(script),  # noqa: S704 - our own file
        policy=_policy(style, script),
        record=Markup(_inside_script(told)),  # noqa: S704 - made harmless there
    )


@cache
def environment() -> jinja2.Environment:
    """Templates that escape everything and refuse unknown names; all of them, macros too, say what the words' file says."""
    made = jinja2.Environment(
        loader=jinja2.FunctionLoader(text),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.globals["say"] = words()
    made.filters.update(signed=numbers.signed, plain=numbers.plain, percent=numbers.percent, unit=sentences.unit)
    return made


def sections() -> list[str]:
    """The templates of the page's sections in order; a new file there is a new section."""
    return [f"sections/{name}" for name in resources.names("sections") if name.endswith(".html.j2")]


def _outline(body: str) -> list[tuple[str, Markup]]:
    """The id and title of every section that has an id."""
    found = re.findall(r'<section id="([\w-]+)"[^>]*>\s*<h2>(.*?)</h2>', body)
    return [(id_, Markup(title)) for id_, title in found]  # noqa: S704 - as the templates have escaped it


def _footer(report: str) -> str:
    """At the foot of every printed page: of which report it is, and which page."""
    left = json.dumps(words().page.footer(report=report), ensure_ascii=False)
    return (
        f'@page {{ @bottom-left {{ content: {left}; }} @bottom-right {{ content: counter(page) " / " counter(pages); }} }}\n'
    )


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


def _inside_script(record: Mapping[str, Any]) -> str:
    r"""JSON that no HTML parser reads as markup: <, > and & stand only inside strings, where escapes mean the same."""
    text = json.dumps(record, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("&", r"\u0026").replace("<", r"\u003c").replace(">", r"\u003e")
