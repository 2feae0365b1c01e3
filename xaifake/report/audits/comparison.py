"""The page of a comparison: several detectors side by side, one HTML file that opens offline and asks for nothing."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path

from xaifake.audit_schema import COMPARISON_SCHEMA, comparison_bytes
from xaifake.dataset import shown_name
from xaifake.images import write_whole
from xaifake.records import Comparison, Pixels
from xaifake.report.audits import comparison_maps, comparison_pairs, comparison_rates, intervals
from xaifake.report.audits.comparison_facts import facts
from xaifake.report.audits.page import styles
from xaifake.report.document import document, number_of, page_bytes
from xaifake.report.figures import photograph
from xaifake.report.sentences import made
from xaifake.report.words import words

THUMBNAIL = 160
"""The longest side of a picture that is shown, in pixels."""


def write_comparison_report(comparison: Comparison, pictures: Mapping[str, Pixels], path: str | Path) -> Path:
    """Write the page of a comparison, whole or not at all.

    Args:
        comparison: the record.
        pictures: by id, those on which the detectors disagree; one that is missing is told without its picture.
        path: the file.

    Raises:
        OutputError: where it cannot be written.
    """
    path = Path(path)
    write_whole(path, page_bytes(render(comparison, pictures)))
    return path


def render(comparison: Comparison, pictures: Mapping[str, Pixels]) -> str:
    """The page as one HTML document; the same comparison and pictures give the same text (see `document`)."""
    record = comparison_bytes(comparison)
    return document(
        "comparison.html.j2",
        ["comparison_sections.html.j2"],
        styles=(*styles(), "comparison.css"),
        scripts=(),
        report=number_of(record),
        comparison=comparison,
        made=made(comparison.versions, comparison.started),
        about=_about(comparison),
        findings=findings(comparison),
        so_what=_so_what(comparison),
        rates=comparison_rates.section(comparison),
        shown_name=shown_name,
        pairs=comparison_pairs.section(comparison),
        maps=comparison_maps.section(comparison),
        thumbnails={name: photograph(pixels, THUMBNAIL).uri for name, pixels in pictures.items()},
        facts=facts(comparison),
        schema=COMPARISON_SCHEMA,
        download=f"data:application/json;base64,{base64.b64encode(record).decode()}",
    )


def findings(comparison: Comparison) -> list[str]:
    """What to know first: who beats chance, who differs from whom, and what could not be compared."""
    say = words().audit.comparison
    found = [*comparison_rates.sentences(comparison), *comparison_pairs.sentences(comparison)]
    found += [
        str(say.failed(name=one.name, failed=one.stage.failed, pictures=one.stage.pictures))
        for one in comparison.contestants
        if one.stage.failed
    ]
    if comparison.data.duplicate_pairs_across:
        found.append(str(say.duplicates(count=comparison.data.duplicate_pairs_across)))
    return found


def lines(comparison: Comparison) -> list[str]:
    """The same for a terminal, with each detector's rates before."""
    table = []
    for one in comparison_rates.rows(comparison):
        area = one.performance.rates.get("auc") if one.performance else None
        table.append(f"{one.title}: AUC {intervals.number(area) if area else '–'}")
    return [*table, *findings(comparison)]


def _about(comparison: Comparison) -> str:
    say, data = words().audit.comparison, comparison.data
    told = {"detectors": len(comparison.contestants), "pictures": data.pictures, "name": data.name}
    about = say.about(**told, common=comparison.common, fake=data.fake, real=data.real)
    return str(about if data.fake or data.real else say.about_unlabelled(**told, common=comparison.common))


def _so_what(comparison: Comparison) -> str:
    labelled = any(one.performance for one in comparison.contestants)
    return comparison_rates.so_what(comparison) if labelled else str(words().audit.comparison.so_what_unlabelled)
