"""The report of an audit: one HTML file that opens offline, asks for nothing, and can be printed."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from xaifake.audit_schema import SCHEMA, audit_bytes
from xaifake.records import Audit, Exhibit
from xaifake.report import resources
from xaifake.report.audits import drives, limitations, rates, reading, reproduce, scope, shortcuts, summary, trust
from xaifake.report.audits.gallery import Gallery
from xaifake.report.audits.hanging import galleries
from xaifake.report.document import document, number_of, sections_in
from xaifake.report.words import words


def render(audit: Audit, exhibits: Sequence[Exhibit], *, beside: Sequence[str] = (), gallery: Gallery | None = None) -> str:
    """The report of an audit as one HTML document; the same audit gives the same text (see `document`).

    Args:
        audit: the record.
        exhibits: the pictures that are shown, in any order.
        beside: names of files that lie beside it, such as ``rows.parquet``: the page links to them.
        gallery: its page of the gallery, where there are several.
    """
    record = audit_bytes(audit)
    return document(
        "audit/page.html.j2",
        sections_in("audit/sections"),
        styles=styles(),
        scripts=in_audit(".js"),
        report=number_of(record),
        audit=audit,
        summary=summary.section(audit),
        scope=scope.section(audit),
        rates=rates.section(audit),
        unmeasured=rates.unmeasured(audit),
        trust=trust.section(audit),
        drives=drives.section(audit, exhibits),
        shortcuts=shortcuts.section(audit),
        gallery=gallery or galleries(audit, exhibits)[0],
        reading=reading.section(audit),
        limitations=limitations.triggered(audit),
        reproduce=reproduce.section(audit),
        glossary=tuple(vars(words().audit.glossary).values()),
        schema=SCHEMA,
        download=f"data:application/json;base64,{base64.b64encode(record).decode()}",
        beside=tuple(beside),
    )


def further(audit: Audit, gallery: Gallery) -> str:
    """A further page of the gallery as one HTML document."""
    return document(
        "audit/further.html.j2",
        ("audit/sections/70_gallery.html.j2", "audit/sections/75_case.html.j2"),
        styles=styles(),
        scripts=in_audit(".js"),
        report=number_of(audit_bytes(audit)),
        audit=audit,
        gallery=gallery,
    )


def styles() -> tuple[str, ...]:
    """The style of pages about many pictures, by topic: that of a case's page, and what stands in their own folder."""
    return ("style.css", "evidence.css", "trust.css", *in_audit(".css"), "print.css")


def in_audit(ending: str) -> tuple[str, ...]:
    """The files of the audit's folder with that ending."""
    return tuple(f"audit/{name}" for name in resources.names("audit") if name.endswith(ending))
