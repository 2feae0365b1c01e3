"""By what a gallery can be filtered: each facet with the values that occur, and which of them each picture has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from xaifake.records import Exhibit, Prediction
from xaifake.report.audits.scope import stratum
from xaifake.report.limits import title as limit_title
from xaifake.report.part_sentences import named
from xaifake.report.sentences import BANDS, band_name
from xaifake.report.words import words

Values = tuple[str, ...]
"""What an exhibit has of a facet: none, one, or several."""
SCORE_ONLY = "score_only"
"""Of no stratum: such a picture was not looked at closely."""


@dataclass(frozen=True)
class Choice:
    """One value: as the address writes it, as a person reads it, and how many pictures have it."""

    value: str
    shown: str
    count: int


@dataclass(frozen=True)
class Facet:
    """One property by which pictures differ."""

    key: str
    title: str
    choices: tuple[Choice, ...]
    of_each: tuple[tuple[int, ...], ...]
    """For each exhibit, the places of its values among the choices."""

    @property
    def data(self) -> dict[str, Any]:
        """What the page's script filters by."""
        return {"key": self.key, "title": self.title, "choices": [[one.value, one.shown] for one in self.choices]}


def facets_of(exhibits: Sequence[Exhibit]) -> tuple[Facet, ...]:
    """The facets by which these pictures differ at all."""
    found = (_facet(key, [values(one) for one in exhibits]) for key, values in FACETS.items())
    return tuple(facet for facet in found if any(one.count < len(exhibits) for one in facet.choices))


def paged(page_of: Sequence[int]) -> Facet:
    """On which page of the gallery each picture is, counted from 0 here and from 1 for people."""
    counts = Counter(page_of)
    choices = tuple(Choice(str(page + 1), str(page + 1), counts[page]) for page in sorted(counts))
    return Facet("page", words().audit.gallery.facets.page, choices, tuple((page,) for page in page_of))


def p_fake(exhibit: Exhibit) -> float | None:
    """The score for FAKE, None where there is none."""
    return None if exhibit.logit is None else Prediction(exhibit.logit).p_fake


def agreement(exhibit: Exhibit) -> str | None:
    """The worst outcome of whether its methods agree; None where that was not asked."""
    found = {checks["agrees"] for checks in exhibit.checks.values() if "agrees" in checks}
    return next((outcome for outcome in ("did not hold up", "mixed", "held up", "not tested") if outcome in found), None)


def passed(exhibit: Exhibit) -> tuple[str, ...]:
    """The methods whose maps passed every test that was made of them, hiding what they show among these."""
    return tuple(
        method
        for method, checks in exhibit.checks.items()
        if checks.get("mattered") == "held up" and set(checks.values()) <= {"held up", "not tested"}
    )


def _facet(key: str, found: Sequence[Values]) -> Facet:
    counts = Counter(value for values in found for value in dict.fromkeys(values))
    shown = SHOWN.get(key, str)
    order = sorted(counts, key=lambda value: (_rank(key, value), value))
    places = {value: place for place, value in enumerate(order)}
    title = getattr(words().audit.gallery.facets, key)
    choices = tuple(Choice(value, shown(value), counts[value]) for value in order)
    return Facet(key, title, choices, tuple(tuple(sorted(places[value] for value in set(values))) for values in found))


def _rank(key: str, value: str) -> int:
    """Values with an order of their own stand in it, all others in that of their names."""
    order = ORDERS.get(key, ())
    return order.index(value) if value in order else int(value) if key == "cluster" else len(order)


def _one(value: object) -> Values:
    return () if value in (None, "") else (str(value),)


def _band(exhibit: Exhibit) -> Values:
    score = p_fake(exhibit)
    return () if score is None else (band_name(score),)


def _trust(exhibit: Exhibit) -> Values:
    return ("not_tested",) if not exhibit.checks else ("passed",) if passed(exhibit) else ("none_passed",)


FACETS: dict[str, Callable[[Exhibit], Values]] = {
    "outcome": lambda one: _one(one.outcome or "none"),
    "band": _band,
    "why": lambda one: one.strata or (SCORE_ONLY,),
    "part": lambda one: _one(one.top_part),
    "agreement": lambda one: _one(agreement(one)),
    "trust": _trust,
    "cluster": lambda one: _one(one.cluster),
    "limit": lambda one: one.limits,
    "label": lambda one: _one(one.entry.label or "none"),
    "group": lambda one: _one(one.entry.group),
    "source": lambda one: _one(one.entry.source),
    "split": lambda one: _one(one.entry.split),
    "format": lambda one: _one(one.facts.get("format")),
    "error": lambda one: ("unusable",) if one.error else ("scored",),
}
"""What each facet takes of an exhibit, in the order in which they are offered."""
SHOWN: dict[str, Callable[[str], str]] = {
    "outcome": lambda value: getattr(words().audit.gallery.outcomes, value),
    "band": lambda value: getattr(words().score.ticks, value),
    "why": lambda value: str(words().audit.gallery.score_only) if value == SCORE_ONLY else stratum(value),
    "part": named,
    "agreement": lambda value: getattr(words().trust.outcomes, value.replace(" ", "_")),
    "trust": lambda value: getattr(words().audit.gallery.trust, value),
    "cluster": lambda value: words().audit.gallery.cluster(number=int(value)),
    "limit": limit_title,
    "label": lambda value: getattr(words().audit.gallery.labels, value),
    "error": lambda value: getattr(words().audit.gallery.usable, value),
}
"""How the values of a facet are read, where they are not the data set's own words."""
ORDERS: dict[str, Values] = {
    "outcome": ("FN", "FP", "TP", "TN", "FAKE", "REAL", "none"),
    "band": tuple(name for _, name in BANDS),
    "agreement": ("did not hold up", "mixed", "held up", "not tested"),
}
