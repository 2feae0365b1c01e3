"""An audit's report, drawn from the folder that the audit wrote: where audit and report meet. No TensorFlow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xaifake.audit.folder import AuditFolder
from xaifake.audit.saving import case_names
from xaifake.report.audits.bundle import report_files, size_sentence
from xaifake.report.audits.gallery import FILE
from xaifake.report.document import page_bytes
from xaifake.report.html import render

BESIDE = ("audit.json", "rows.csv", "rows.parquet")
"""What an audit leaves beside its report."""


@dataclass(frozen=True)
class Reported:
    """What was written: the report's address, those of the cases' own reports, and a sentence on size and files."""

    path: str
    cases: tuple[str, ...]
    size: str


def report_audit(address: str, *, reach: Sequence[str] | None = ()) -> Reported:
    """Write ``audit.html``, further pages of its gallery, and ``cases/NAME.html`` for each picture that was explained whole.

    Args:
        address: the folder of the audit, as `xaifake.run_audit` was given it; files of those names give way.
        reach: beginnings of other machines' addresses at which its pictures may be read; None for all of them.

    Raises:
        CaseError: there is no audit, or what it holds is damaged.
        PictureError: a picture of the sample can no longer be read.
        OutputError: a file cannot be written.
    """
    folder = AuditFolder(str(address), reach)
    pages = dict(_cases(folder))
    exhibits = folder.exhibits(pages)
    files = report_files(folder.audit, exhibits, beside=BESIDE)
    for name, content in files.items():
        folder.store.write(name, content)
    shown = folder.store.shown
    return Reported(shown(FILE), tuple(map(shown, pages.values())), size_sentence(files, len(exhibits)))


def _cases(folder: AuditFolder) -> Iterator[tuple[str, str]]:
    """Write each case's own report; its picture's id and where it lies."""
    for case in folder.cases():
        (stem,) = case_names([case.picture.name])
        name = f"cases/{stem}-{case.picture.sha256[:8]}.html"
        folder.store.write(name, page_bytes(render(case)))
        yield case.picture.sha256, name
