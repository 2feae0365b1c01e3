"""The report of an audit: one HTML file that opens offline, asks for nothing, and can be printed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from xaifake.images import write_whole
from xaifake.records import Audit, Exhibit
from xaifake.report import resources
from xaifake.report.audits import rates, summary
from xaifake.report.document import document, number_of, sections_in


def write_audit_report(audit: Audit, exhibits: Sequence[Exhibit], path: str | Path, *, beside: Sequence[str] = ()) -> Path:
    """Write the report of an audit, whole or not at all.

    Args:
        audit: the record.
        exhibits: the pictures that are shown, in any order.
        path: the file.
        beside: names of files that lie beside it and hold the same in full, such as ``rows.parquet``: the page links to them.

    Raises:
        OutputError: where the file cannot be written.
    """
    path = Path(path)
    write_whole(path, render(audit, exhibits, beside=beside).encode("utf-8", "backslashreplace"))
    return path


def render(audit: Audit, exhibits: Sequence[Exhibit], *, beside: Sequence[str] = ()) -> str:
    """The report of an audit as one HTML document; the same audit gives the same text (see `document`)."""
    record = audit_bytes(audit)
    shown = {
        "audit": audit,
        "summary": summary.section(audit),
        "rates": rates.section(audit),
    }
    return document(
        "audit/page.html.j2",
        sections_in("audit/sections"),
        styles=styles(),
        scripts=in_audit(".js"),
        report=number_of(record),
        **shown,
    )


def styles() -> tuple[str, ...]:
    """The style of pages about many pictures, by topic: that of a case's page, and what stands in their own folder."""
    return ("style.css", "evidence.css", "trust.css", *in_audit(".css"), "print.css")


def in_audit(ending: str) -> tuple[str, ...]:
    """The files of the audit's folder with that ending."""
    return tuple(f"audit/{name}" for name in resources.names("audit") if name.endswith(ending))
