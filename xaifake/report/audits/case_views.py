"""One picture of an audit from near: its sentences and its tables, ready to be shown in the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from xaifake.records import Exhibit, Prediction
from xaifake.report import checks
from xaifake.report.audits.facets import agreement, passed
from xaifake.report.audits.scope import stratum
from xaifake.report.cards import card
from xaifake.report.limits import title as limit_title
from xaifake.report.numbers import plain, signed
from xaifake.report.part_sentences import named
from xaifake.report.sentences import score_words, scored_sentence
from xaifake.report.words import words
from xaifake.risks import BORDER

MARKS = {"TP": "●", "TN": "●", "FP": "✕", "FN": "✕", "FAKE": "–", "REAL": "–", "none": "–"}
"""Outcomes as shapes."""
OUTCOMES = ("held up", "mixed", "did not hold up", "not tested")
"""Of tests, in the order in which a case's numbers name them."""


@dataclass(frozen=True)
class CaseView:
    """One exhibit in words."""

    exhibit: Exhibit
    model: str
    detector: str
    """SHA-256 of the detector."""
    threshold: float

    @cached_property
    def prediction(self) -> Prediction | None:
        return None if self.exhibit.logit is None else Prediction(self.exhibit.logit, self.threshold)

    @property
    def score(self) -> str:
        """The score with two digits, or a dash."""
        return "–" if self.prediction is None else score_words(self.prediction.p_fake)

    @property
    def outcome(self) -> str:
        """Label and call in words."""
        return str(getattr(words().audit.gallery.outcomes, self.exhibit.outcome or "none"))

    @property
    def mark(self) -> str:
        """The outcome as a shape."""
        return MARKS[self.exhibit.outcome or "none"]

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the picture needs eyes: names of `gallery.reasons`, all that hold."""
        return tuple(self._reasons())

    @property
    def reason_words(self) -> str:
        """The same in words."""
        return ", ".join(getattr(words().audit.gallery.reasons, name) for name in self.reasons)

    @property
    def told(self) -> str:
        """The picture in one sentence, which is also its name to those who hear the page."""
        say = words().audit.gallery
        start = say.told(name=self.exhibit.name, score=self.score, outcome=self.outcome)
        if self.prediction is None:
            start = say.told_unusable(name=self.exhibit.name)
        return f"{start} {say.told_reasons(reasons=self.reason_words)}" if self.reasons else str(start)

    @property
    def sentence(self) -> str:
        """What the detector scored, with its caution; or why there is no score."""
        if self.prediction is None:
            return self.exhibit.error or str(words().audit.case_view.no_score)
        return scored_sentence(self.model, self.prediction)

    @property
    def data(self) -> dict[str, Any]:
        """What the page's script shows: see ``case.js``."""
        return {
            "sentence": self.sentence,
            "further": list(self._further()),
            "facts": [[name, told] for name, told in self._facts()],
            "parts": self._parts(),
            "checks": self._checks(),
            "copies": list(self._copies()),
            "sha256": self.exhibit.entry.id,
            "scope": self._scope(),
            "page": self.exhibit.page,
        }

    def _reasons(self) -> Iterator[str]:
        if self.exhibit.outcome in ("FP", "FN"):
            yield "wrong"
        if self.prediction is not None and abs(self.prediction.p_fake - self.threshold) < BORDER:
            yield "borderline"
        if agreement(self.exhibit) == "did not hold up":
            yield "disagreement"
        if self.exhibit.limits:
            yield "out_of_scope"

    def _further(self) -> Iterator[str]:
        """What stands beside the score: label, scope, whether maps can be believed, why it was looked at."""
        say, one = words(), self.exhibit
        if self.prediction is not None:
            yield say.audit.case_view.outcome(outcome=self.outcome)
        if self.prediction is not None and one.error:
            yield one.error
        if one.limits:
            yield say.audit.case_view.out(limits=", ".join(map(limit_title, one.limits)))
        if one.checks:
            yield (
                say.audit.case_view.passed(methods=checks.titles(passed(one)))
                if passed(one)
                else say.audit.case_view.none_passed
            )
        if one.strata:
            yield say.audit.case_view.why(strata=", ".join(map(stratum, one.strata)))
        elif self.prediction is not None:
            yield say.audit.case_view.score_only
        if one.top_part:
            yield say.audit.case_view.part_leads(part=named(one.top_part))

    def _facts(self) -> Iterator[tuple[str, str]]:
        """Name and value of whatever is known."""
        one = self.exhibit
        told = {"address": one.entry.uri, "label": one.entry.label, "split": one.entry.split, "group": one.entry.group}
        known = {**told, "source": one.entry.source, "identity": one.entry.identity, "cluster": one.cluster}
        if self.prediction is not None:
            known |= {"logit": signed(self.prediction.logit)}
        if one.outside is not None:
            known |= {"outside": words().audit.case_view.share(share=one.outside)}
        for name, fact in {**known, **one.facts}.items():
            if fact is not None:
                yield name, plain(fact) if isinstance(fact, int | float) else str(fact)

    def _parts(self) -> list[list[str | float]]:
        """Name, side, value, and its share of the greatest, the strongest first."""
        parts = sorted(self.exhibit.parts.items(), key=lambda item: -abs(item[1]))
        greatest = max((abs(value) for _, value in parts), default=0.0) or 1.0
        return [
            [
                named(name),
                "FAKE" if value > 0 else "REAL" if value < 0 else "",
                signed(value),
                round(abs(value) / greatest, 3),
            ]
            for name, value in parts
        ]

    def _checks(self) -> dict[str, dict[str, int]]:
        """Of each method, the number of each test's outcome; a control's holds for every method."""
        found = self.exhibit.checks
        controls = found.get("", {})
        methods = [method for method in found if method] or list(found)
        titles = [card(method).title if method else str(words().trust.every) for method in methods]
        return {
            title: {name: OUTCOMES.index(outcome) for name, outcome in {**controls, **found[method]}.items()}
            for title, method in zip(titles, methods, strict=True)
        }

    def _copies(self) -> Iterator[list[str]]:
        """Change, score, logit, and whether the copy's score lies on the other side."""
        say = words()
        for change, logit in self.exhibit.robustness.items():
            kind, _, amount = change.partition(" ")
            own, scored = vars(say.robustness.changes).get(kind), Prediction(logit, self.threshold)
            turned = self.prediction is not None and scored.label != self.prediction.label
            yield [
                own(amount=amount) if own else change,
                score_words(scored.p_fake),
                signed(logit),
                say.robustness.flip_to(label=scored.label) if turned else "",
            ]

    def _scope(self) -> str:
        limits = self.exhibit.limits
        return str(words().audit.case_view.out(limits=", ".join(map(limit_title, limits)))) if limits else ""


def check_words(exhibits: Iterable[Exhibit]) -> dict[str, Any]:
    """The tests that were made of any of them, by name and title in the order of a case's report; and how outcomes look."""
    asked = {name for one in exhibits for of_method in one.checks.values() for name in of_method}
    order = (*checks.ORDER, *sorted(asked - {*checks.ORDER, *checks.GUARDS}), *checks.GUARDS)
    outcomes = vars(words().trust.outcomes)
    return {
        "titles": {name: checks.title(name) for name in order if name in asked},
        "outcomes": [[checks.MARKS[name], str(outcomes[name.replace(" ", "_")])] for name in OUTCOMES],  # type: ignore[index]
    }


def fact_titles() -> dict[str, str]:
    """What is known of a picture, by its name in records, as people read it."""
    say = words().audit
    return {name: str(text) for name, text in {**vars(say.facts), **vars(say.case_view.facts)}.items()}
