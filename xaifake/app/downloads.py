"""What a visitor can take away: the files that the library writes, byte for byte."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from xaifake.audit.saving import case_bytes, case_names
from xaifake.records import Case
from xaifake.report.document import page_bytes
from xaifake.report.plots import png_of_case
from xaifake.report.words import words


@dataclass(frozen=True)
class Offered:
    """A file that can be downloaded; it is made when somebody asks for it."""

    label: str
    name: str
    mime: str
    content: Callable[[], bytes]


def offered(case: Case, report: str) -> tuple[Offered, ...]:
    """Report, JSON, NPZ and PNG of a case; ``report`` is what `xaifake.report.html.render` made of it."""
    say = words().app.case
    (stem,) = case_names([case.picture.name])
    return (
        Offered(say.report, f"{stem}.html", "text/html", lambda: page_bytes(report)),
        Offered(say.json, f"{stem}.json", "application/json", lambda: case_bytes(case)[0]),
        Offered(say.maps, f"{stem}.npz", "application/octet-stream", lambda: case_bytes(case)[1]),
        Offered(say.figure, f"{stem}.png", "image/png", lambda: png_of_case(case)),
    )


def packed(folder: Path, paths: Iterable[Path]) -> bytes:
    """A zip of files below a folder, all dated 1980, the first year that it can tell: the same files give the same bytes."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(paths):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix())
            archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return memory.getvalue()
