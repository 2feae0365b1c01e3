"""An audit's report as files: one page, and where its pictures take more than one page may, further pages of its gallery."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from xaifake.images import write_whole
from xaifake.records import Audit, Exhibit
from xaifake.report.audits.gallery import BUDGET, FILE
from xaifake.report.audits.hanging import galleries
from xaifake.report.audits.page import further, render
from xaifake.report.document import page_bytes
from xaifake.report.words import words

SPARE = 150_000
"""Bytes of a gallery beside what grows with its pictures: its controls, and the maps that are seen without script."""


def write_audit_report(audit: Audit, exhibits: Sequence[Exhibit], path: str | Path, *, beside: Sequence[str] = ()) -> Path:
    """Write the report of an audit, its further pages beside it, each whole or not at all.

    Args:
        audit: the record.
        exhibits: the pictures that are shown, in any order.
        path: the file.
        beside: names of files that lie beside it, such as ``rows.parquet``: the page links to them.

    Raises:
        OutputError: where a file cannot be written.
    """
    path = Path(path)
    for name, content in report_files(audit, exhibits, name=path.name, beside=beside).items():
        write_whole(path.parent / name, content)
    return path


def report_files(
    audit: Audit, exhibits: Sequence[Exhibit], *, name: str = FILE, beside: Sequence[str] = ()
) -> dict[str, bytes]:
    """The files of an audit's report by their names, the report itself last: who finds it finds all of it."""
    rest = render(audit, exhibits, beside=beside, gallery=galleries(audit, ())[0])
    first, *others = galleries(audit, exhibits, file=name, room=BUDGET - len(page_bytes(rest)) - SPARE)
    texts = {page.files[page.number - 1]: further(audit, page) for page in others}
    texts[name] = render(audit, exhibits, beside=beside, gallery=first)
    return {file: page_bytes(text) for file, text in texts.items()}


def size_sentence(files: Mapping[str, bytes], pictures: int) -> str:
    """How large a report is, and why it is as many files as it is.

    >>> size_sentence({"audit.html": bytes(2_500_000)}, 48)
    'One file of 2.5 MB with 48 pictures; up to 8 MB a report is one file.'
    """
    say, largest = words().audit.gallery.sizes, max(map(len, files.values())) / 1e6
    told = {"size": f"{largest:.1f}", "budget": f"{BUDGET / 1e6:g}", "pictures": pictures}
    return str(say.one(**told) if len(files) == 1 else say.several(**told, files=len(files)))
