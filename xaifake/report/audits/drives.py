"""The section on what drives decisions overall: mean maps, what parts carry for their size, bands, kinds of maps."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from xaifake.records import Audit, BandShare, Clusters, Drives, Exhibit, Interval, MeanMap
from xaifake.report import part_sentences
from xaifake.report.audits import canonical, intervals
from xaifake.report.audits.charts import Ruler, ruler
from xaifake.report.cards import card
from xaifake.report.figures import bar
from xaifake.report.numbers import percent, plain
from xaifake.report.words import words

ORDER = ("TP", "FP", "TN", "FN", "FAKE", "REAL", "all")
FEW = 20
"""Maps below which nothing is said of a mean."""


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
class Kind:
    """One cluster: its mean map, how many maps it holds, their outcomes, and pictures nearest to its middle."""

    picture: canonical.Picture
    n: int
    outcomes: str
    medoids: tuple[tuple[str, str], ...]
    """Their names and display copies, as data URIs."""


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
    ruler: Ruler
    band_outcomes: tuple[str, ...]
    bands: tuple[Band, ...]
    band_ruler: Ruler | None
    kinds: tuple[Kind, ...]
    kinds_text: str
    ties: tuple[tuple[str, str, str], ...]
    so_what: str


def section(audit: Audit, exhibits: Sequence[Exhibit]) -> Section | None:
    """The section of an audit; None where no maps were laid on the canonical face."""
    found = audit.drives
    if found is None:
        return None
    named = _named([one.evidence for one in found.parts] + [one.evidence for one in found.places])
    banded = _named(one.change for one in found.bands)
    parts = tuple(_row(part_sentences.named(one.part), one.area, one.evidence, named) for one in found.parts)
    places = tuple(_row(place(one.name), one.area, one.evidence, named) for one in found.places)
    bands = tuple(_band(one, banded) for one in found.bands)
    return Section(
        about=_about(found),
        lines=canonical.lines_of(found.outline),
        bar=bar(),
        means=_drawn(found.maps, "mean"),
        differences=_drawn(found.differences, "difference"),
        outcomes=tuple(map(outcome, named)),
        parts=tuple(sorted(parts, key=_densest, reverse=True)),
        places=places,
        ruler=ruler((cell[0] for row in (*parts, *places) for cell in row.cells if cell), reference=1.0, low=0.0),
        band_outcomes=tuple(map(outcome, banded)),
        bands=bands,
        band_ruler=ruler((one for band in bands for cell in band.cells if cell for one in cell[:2] if one), reference=0.0)
        if bands
        else None,
        kinds=_kinds(found.clusters, exhibits),
        kinds_text=_kinds_text(found.clusters),
        ties=_ties(found.clusters),
        so_what=_so_what(found),
    )


def outcome(name: str) -> str:
    """Pictures by label and call, as people read it."""
    return str(getattr(words().audit.outcomes, name))


def place(name: str) -> str:
    """A place where no evidence is expected, as people read it."""
    return str(getattr(words().audit.drives.places, name))


def fact(name: str) -> str:
    """A property of files as people read it; one that is not known here keeps its name."""
    return str(vars(words().audit.facts).get(name, name.replace("_", " ")))


def densest(found: Drives) -> str | None:
    """Which part carries most for its size, over the pictures that are called FAKE rightly, or at all."""
    name = next((name for name in ("TP", "FAKE", "all") if any(name in one.evidence for one in found.parts)), None)
    known = [one for one in found.parts if name in one.evidence and one.area > 0]
    if name is None or not known:
        return None
    most = max(known, key=lambda one: one.evidence[name].value / one.area)
    told = intervals.times(most.evidence[name], most.area)
    return str(words().audit.findings.densest(part=part_sentences.said(most.part), times=told, outcome=outcome(name)))


def beyond(found: Drives) -> list[str]:
    """Places that hold more of the evidence than of the area, whatever chance does."""
    return [one.name for one in found.places if any(share.low > one.area for share in one.evidence.values())]


def _drawn(maps: Sequence[MeanMap], name: str) -> canonical.Pictures | None:
    return canonical.mean_maps(maps, [_titled(one) for one in maps], name) if maps else None


def _about(found: Drives) -> str:
    say = words()
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
    cells = tuple(
        (intervals.over(evidence[name], area), intervals.times(evidence[name], area)) if name in evidence and area else None
        for name in named
    )
    return Row(title, percent(area), cells)


def _densest(row: Row) -> float:
    return max((cell[0].value for cell in row.cells if cell), default=0.0)


def _band(one: BandShare, named: Sequence[str]) -> Band:
    def cell(name: str) -> tuple[Interval, Interval | None, str, str] | None:
        if name not in one.change:
            return None
        control = one.control.get(name)
        return one.change[name], control, intervals.change(one.change[name]), intervals.change(control) if control else "–"

    return Band(words().audit.drives.band(low=f"{one.low:.2g}", high=f"{one.high:.2g}"), tuple(map(cell, named)))


def _kinds(clusters: Clusters | None, exhibits: Sequence[Exhibit]) -> tuple[Kind, ...]:
    if clusters is None:
        return ()
    say, shown = words(), {one.entry.id: one for one in exhibits if one.image}
    titles = [say.audit.drives.kind(number=one.number + 1) for one in clusters.clusters]
    pictures = canonical.kinds(clusters.clusters, titles).pictures
    return tuple(
        Kind(
            picture,
            one.n,
            ", ".join(f"{outcome(name)} {plain(count)}" for name, count in one.outcomes.items()),
            tuple((shown[id_].name, _uri(shown[id_].image)) for id_ in one.medoids if id_ in shown),
        )
        for one, picture in zip(clusters.clusters, pictures, strict=True)
    )


def _uri(image: bytes) -> str:
    return f"data:image/webp;base64,{base64.b64encode(image).decode()}"


def _kinds_text(clusters: Clusters | None) -> str:
    if clusters is None:
        return ""
    return str(
        words().audit.drives.kinds_text(n=clusters.n, count=len(clusters.clusters), silhouette=f"{clusters.silhouette:.2f}")
    )


def _ties(clusters: Clusters | None) -> tuple[tuple[str, str, str], ...]:
    ties = clusters.ties if clusters else ()
    return tuple((fact(one.fact), f"{one.information:.2f}", f"{one.p_value:.3f}") for one in ties)


def _so_what(found: Drives) -> str:
    say = words()
    if found.n < FEW:
        return str(say.audit.drives.so_what_few(n=found.n))
    if names := beyond(found):
        return str(say.audit.drives.so_what_beyond(places=", ".join(map(place, names))))
    return str(say.audit.drives.so_what)
