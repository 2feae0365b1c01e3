"""The section on parts of the face: a labelled drawing, its table, and what they say in words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xaifake.faces.groups import centres
from xaifake.records import Attribution, Case
from xaifake.report import figures, sentences
from xaifake.report import part_sentences as words
from xaifake.report.cards import card
from xaifake.report.outlines import outline
from xaifake.report.part_table import Row, rows_of
from xaifake.settled import settled

METHODS = ("parts", "restored_parts")


@dataclass(frozen=True)
class Mark:
    """A part's number in the drawing, where it stands, and the number's row in the table, counted from 1."""

    number: int
    x: float
    y: float


@dataclass(frozen=True)
class Drawing:
    """Everything that is shown of one attribution. Places are in pixels of the photograph's source."""

    attribution: Attribution
    title: str
    heading: str
    sentences: tuple[str, ...]
    technical: tuple[str, ...]
    subject: str
    """What the shares are of: face or picture."""
    rows: tuple[Row, ...]
    limit: float
    """The value, in logits, that takes the strongest colour: one for all drawings of the case."""
    layer: str
    outlines: str
    """An SVG path."""
    hatch: str
    """The outline of the parts whose sign is not settled, or nothing where all are."""
    marks: tuple[Mark, ...]

    @property
    def tells_changes(self) -> bool:
        """Whether it is known for any part what hiding it alone does."""
        return any(row.change is not None for row in self.rows)

    def named(self, row: Row) -> str:
        """A row's part as people read it."""
        return words.named(row.name)

    def changed(self, row: Row) -> str:
        """What hiding a row's part alone does, as exact as its value is written."""
        return "–" if row.change is None else words.measured(row.change, None, abs(self.rows[0].value))

    def measured(self, row: Row) -> str:
        """A row's value as text, with its error where it is an estimate."""
        return words.measured(row.value, row.error, abs(self.rows[0].value))


@dataclass(frozen=True)
class Section:
    """The drawings, and the reasons of the methods that have none."""

    drawings: tuple[Drawing, ...]
    reasons: tuple[str, ...]
    bar: str


def section(case: Case) -> Section | None:
    """The section of a case that was brought near (see `xaifake.report.overlays.close_up`), or None where nobody asked."""
    asked = [case.attributions[method] for method in METHODS if method in case.attributions]
    reasons = tuple(omission.reason for omission in case.omissions if omission.method in METHODS)
    if not asked and not reasons:
        return None
    limit = max((float(np.abs(attribution.values).max()) for attribution in asked), default=0.0)
    return Section(tuple(_drawing(case, attribution, limit) for attribution in asked), reasons, figures.bar())


def _drawing(case: Case, attribution: Attribution, limit: float) -> Drawing:
    found = settled(attribution, case.checks)
    rows, subject = rows_of(attribution, found.turned), sentences.subject(case, attribution)
    box, (height, width) = attribution.box, attribution.grid
    labels = np.asarray(attribution.regions)
    scale = np.array([box.width / width, box.height / height])
    start = np.array([box.left, box.top])
    places = centres(labels, len(rows)) * scale + start
    return Drawing(
        attribution=attribution,
        title=card(attribution.method).title,
        heading=words.heading(attribution),
        sentences=words.summary(attribution, rows, subject),
        technical=words.technical(attribution, rows, subject),
        subject=subject,
        rows=rows,
        limit=limit,
        layer=figures.painted(found.attribution.values, limit),
        outlines="".join(outline(labels == player, box) for player in range(int(labels.max()) + 1)),
        hatch=outline(found.hatched, box),
        marks=tuple(Mark(number, *places[row.player].tolist()) for number, row in enumerate(rows, 1)),
    )
