"""Where the maps of the detectors of a comparison lie, and where they differ."""

from __future__ import annotations

from dataclasses import dataclass

from xaifake.records import Comparison, Interval, PartShare, Place
from xaifake.report.audits import canonical, intervals
from xaifake.report.audits.charts import Ruler, ruler
from xaifake.report.audits.drives import place
from xaifake.report.figures import bar
from xaifake.report.part_sentences import named
from xaifake.report.words import words

ALL = "all"


@dataclass(frozen=True)
class Row:
    """One part or place: for each detector, how many times its area its share of the evidence is."""

    title: str
    cells: tuple[tuple[Interval, str] | None, ...]

    @property
    def densest(self) -> float:
        """The highest of them."""
        return max((cell[0].value for cell in self.cells if cell), default=0.0)


@dataclass(frozen=True)
class Section:
    """All of it, ready to be drawn."""

    about: str
    lines: str
    bar: str
    means: canonical.Pictures
    differences: canonical.Pictures
    names: tuple[str, ...]
    parts: tuple[Row, ...]
    places: tuple[Row, ...]
    ruler: Ruler


def section(comparison: Comparison) -> Section | None:
    """The section; None where no picture has a map from every detector."""
    if not comparison.maps:
        return None
    say = words().audit
    told = [one for one in comparison.contestants if one.parts]
    parts = tuple(
        _row(named(part.part), tuple(one.parts[at] for one in told)) for at, part in enumerate(told[0].parts if told else ())
    )
    places = tuple(
        _row(place(one.name), tuple(other.places[at] for other in told))
        for at, one in enumerate(told[0].places if told else ())
    )
    differences = [say.drives.difference(outcome=one.outcome, less=one.less) for one in comparison.map_differences]
    return Section(
        about=_about(comparison),
        lines=canonical.lines_of(comparison.outline),
        bar=bar(),
        means=canonical.mean_maps(comparison.maps, [one.outcome for one in comparison.maps], "mean"),
        differences=canonical.mean_maps(comparison.map_differences, differences, "difference"),
        names=tuple(one.name for one in told),
        parts=tuple(sorted(parts, key=lambda row: row.densest, reverse=True)),
        places=places,
        ruler=ruler((cell[0] for row in (*parts, *places) for cell in row.cells if cell), reference=1.0, low=0.0),
    )


def _about(comparison: Comparison) -> str:
    say, shown = words().audit.comparison, {one.outcome for one in comparison.maps}
    about = str(say.maps_about(n=comparison.map_pictures))
    without = [one.name for one in comparison.contestants if one.name not in shown]
    return f"{about} {say.maps_without(names=', '.join(without))}" if without else about


def _row(title: str, shares: tuple[PartShare | Place, ...]) -> Row:
    """Each detector's own area counts: contracts may crop pictures differently."""
    return Row(title, tuple(intervals.density(one.evidence, ALL, one.area) for one in shares))
