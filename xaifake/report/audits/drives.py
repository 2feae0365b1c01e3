"""The section on what drives decisions overall: mean maps, what parts carry for their size, bands, kinds of maps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from xaifake.records import Audit, BandShare, Drives, Exhibit, Interval, MeanMap, Place
from xaifake.report import part_sentences
from xaifake.report.audits import canonical, intervals
from xaifake.report.audits.charts import Ruler, ruler
from xaifake.report.audits.kinds import Kinds, kinds_of, outcome
from xaifake.report.audits.trust import most
from xaifake.report.cards import card
from xaifake.report.figures import bar
from xaifake.report.numbers import percent
from xaifake.report.words import words

ORDER = ("TP", "FP", "TN", "FN", "FAKE", "REAL", "all")
FEW = 20
"""Maps below which nothing is said of a mean."""
MUCH = 1.25
"""How many times its share of the area a place must hold of the evidence, with the whole interval, to be told."""


@dataclass(frozen=True)
class Row:
    """One part or place: its area, and by outcome how many times its area its share of the evidence is."""

    title: str
    area: str
    cells: tuple[tuple[Interval, str] | None, ...]


@dataclass(frozen=True)
class Band:
    """One band: by outcome what removing it changes, its control, and both in words."""

    title: str
    cells: tuple[tuple[Interval, Interval | None, str, str] | None, ...]


@dataclass(frozen=True)
class Bands:
    """All bands, for some outcomes."""

    outcomes: tuple[str, ...]
    rows: tuple[Band, ...]
    ruler: Ruler


@dataclass(frozen=True)
class Section:
    """All of it, ready to be drawn."""

    about: str
    lines: str
    bar: str
    means: canonical.Pictures | None
    differences: canonical.Pictures | None
    outcomes: tuple[str, ...]
    parts: tuple[Row, ...]
    places: tuple[Row, ...]
    by_label: tuple[str, ...]
    """The share of the evidence in each place, by what the data set says of the pictures."""
    ruler: Ruler
    bands: tuple[Bands, ...]
    """Over all pictures, and by outcome."""
    kinds: Kinds | None
    so_what: str


def section(audit: Audit, exhibits: Sequence[Exhibit]) -> Section | None:
    """The section of an audit; None where no maps were laid on the canonical face."""
    found = audit.drives
    if found is None:
        return None
    named = _named([one.evidence for one in found.parts] + [one.evidence for one in found.places])
    parts = parts_of(found, named)
    places = tuple(_row(place(one.name), one.area, one.evidence, named) for one in found.places)
    bands = _bands(found.bands)
    return Section(
        about=_about(audit, found),
        lines=canonical.lines_of(found.outline),
        bar=bar(),
        means=_drawn(found.maps, "mean"),
        differences=_drawn(found.differences, "difference"),
        outcomes=tuple(map(outcome, named)),
        parts=parts,
        places=places,
        by_label=tuple(sentence for one in found.places for sentence in _by_label(one)),
        ruler=ruler((cell[0] for row in (*parts, *places) for cell in row.cells if cell), reference=1.0, low=0.0),
        bands=bands,
        kinds=kinds_of(found.clusters, exhibits),
        so_what=_so_what(audit, found),
    )


def parts_of(found: Drives, named: Sequence[str]) -> tuple[Row, ...]:
    """The parts of the face, with a cell for each outcome that is named, densest first."""
    parts = (_row(part_sentences.named(one.part), one.area, one.evidence, named) for one in found.parts)
    return tuple(sorted(parts, key=_densest, reverse=True))


def place(name: str) -> str:
    """A place where no evidence is expected, as people read it."""
    return str(getattr(words().audit.drives.places, name))


def densest(found: Drives) -> str | None:
    """Which part carries most for its size, over the pictures that are called FAKE rightly, or at all."""
    name = next((name for name in ("TP", "FAKE", "all") if any(name in one.evidence for one in found.parts)), None)
    known = [one for one in found.parts if name in one.evidence and one.area > 0]
    if name is None or not known:
        return None
    most = max(known, key=lambda one: one.evidence[name].value / one.area)
    told = intervals.times(most.evidence[name], most.area)
    return str(words().audit.findings.densest(part=part_sentences.said(most.part), times=told, outcome=outcome(name)))


def beyond(place: Place) -> dict[str, Interval]:
    """The outcomes in which a place holds much more of the evidence than of the area, whatever chance does."""
    return {name: share for name, share in place.evidence.items() if share.low > MUCH * place.area}


def _drawn(maps: Sequence[MeanMap], name: str) -> canonical.Pictures | None:
    return canonical.mean_maps(maps, [_titled(one) for one in maps], name) if maps else None


def _about(audit: Audit, found: Drives) -> str:
    say = words()
    if audit.contract.domain_name != "pixel":
        return str(say.audit.drives.about_bands(method=card(found.method).title))
    told = {"method": card(found.method).title, "n": found.n, "empty": found.empty, "without": found.without_face}
    return str(say.audit.drives.about(**told))


def _titled(one: MeanMap) -> str:
    say = words()
    if one.less is None:
        return str(say.audit.drives.mean(outcome=outcome(one.outcome), n=one.n))
    return str(say.audit.drives.difference(outcome=outcome(one.outcome), less=outcome(one.less)))


def _named(many: Iterable[Mapping[str, Interval]]) -> list[str]:
    """The outcomes that occur, in order."""
    there = {name for one in many for name in one}
    return [name for name in ORDER if name in there]


def _row(title: str, area: float, evidence: Mapping[str, Interval], named: Sequence[str]) -> Row:
    return Row(title, percent(area), tuple(intervals.density(evidence, name, area) for name in named))


def _by_label(one: Place) -> Iterator[str]:
    say = words()
    for label, share in one.labels.items():
        told = {"share": intervals.share(share), "place": place(one.name), "area": percent(one.area)}
        yield say.audit.drives.by_label(label=label, **told)


def _densest(row: Row) -> float:
    return max((cell[0].value for cell in row.cells if cell), default=0.0)


def _bands(found: Sequence[BandShare]) -> tuple[Bands, ...]:
    named = _named(one.change for one in found)
    by_outcome = [name for name in named if name != "all"]
    return tuple(_banded(found, group) for group in (["all"] if "all" in named else [], by_outcome) if group)


def _banded(found: Sequence[BandShare], named: Sequence[str]) -> Bands:
    rows = tuple(_band(one, named) for one in found)
    measured = [one for row in rows for cell in row.cells if cell for one in cell[:2] if one]
    return Bands(tuple(map(outcome, named)), rows, ruler(measured, reference=0.0))


def _band(one: BandShare, named: Sequence[str]) -> Band:
    def cell(name: str) -> tuple[Interval, Interval | None, str, str] | None:
        if name not in one.change:
            return None
        control = one.control.get(name)
        return one.change[name], control, intervals.change(one.change[name]), intervals.change(control) if control else "–"

    return Band(words().audit.drives.band(low=f"{one.low:.2g}", high=f"{one.high:.2g}"), tuple(map(cell, named)))


def _so_what(audit: Audit, found: Drives) -> str:
    say = words()
    if audit.contract.domain_name != "pixel":
        return str(say.audit.drives.so_what_bands)
    if found.n < FEW:
        return str(say.audit.drives.so_what_few(n=found.n))
    if most(audit, "mattered", found.method, "did not hold up"):
        return str(say.audit.drives.so_what_not_mattered(method=card(found.method).title))
    if names := [one.name for one in found.places if beyond(one)]:
        return str(say.audit.drives.so_what_beyond(places=", ".join(map(place, names))))
    return str(say.audit.drives.so_what)
