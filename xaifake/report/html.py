"""The report of a case: one HTML file that opens offline, asks for nothing, and can be printed."""

from __future__ import annotations

import base64
import shlex
from dataclasses import asdict
from pathlib import Path, PurePath

from xaifake.images import write_whole
from xaifake.records import Case
from xaifake.report import (
    bands,
    checks,
    figures,
    limitations,
    limits,
    originals,
    parts,
    robustness,
    sentences,
    summary,
)
from xaifake.report.document import document, inside_script, number_of, page_bytes, sections_in
from xaifake.schema import SCHEMA, case_record, record_bytes
from xaifake.settled import silenced

STYLES = ("style.css", "evidence.css", "review.css", "trust.css", "print.css")
"""The page's style by topic, joined in this order."""


def write_report(case: Case, path: str | Path, *, blind: bool = False) -> Path:
    """Write the report of a case, whole or not at all. A blind one opens only to readers who have noted their own call.

    Raises:
        OutputError: where the file cannot be written.
    """
    path = Path(path)
    write_whole(path, page_bytes(render(case, blind=blind)))
    return path


def render(case: Case, *, blind: bool = False) -> str:
    """The report of a case as one HTML document; the same case gives the same text (see `document`)."""
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
        "record": inside_script(told),
    }
    return document("page.html.j2", sections(), styles=STYLES, scripts=("script.js",), report=number_of(record), **shown)


def sections() -> list[str]:
    """The templates of the page's sections in order."""
    return sections_in("sections")
