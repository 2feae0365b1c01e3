"""One picture of an audit from near: its sentences and its tables, ready to be shown in the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from xaifake.records import Exhibit, Prediction
from xaifake.report.audits.facets import agreement, passed
from xaifake.report.audits.scope import stratum
from xaifake.report.cards import card
from xaifake.report.checks import GUARDS, MARKS, ORDER, titles
from xaifake.report.checks import title as check_title
from xaifake.report.limits import title as limit_title
from xaifake.report.numbers import plain, signed
from xaifake.report.part_sentences import named
from xaifake.report.sentences import score_words, scored_sentence
from xaifake.report.words import words
from xaifake.risks import BORDER


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
        return {"TP": "●", "TN": "●", "FP": "✕", "FN": "✕"}.get(self.exhibit.outcome or "", "–")

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the picture needs eyes, in a few words each."""
        return tuple(self._reasons())

    @property
    def told(self) -> str:
        """The picture in one sentence, which is also its name to those who hear the page."""
        say = words()
        start = say.audit.gallery.told(name=self.exhibit.name, score=self.score, outcome=self.outcome)
        if self.prediction is None:
            start = say.audit.gallery.told_unusable(name=self.exhibit.name)
        return f"{start} {say.audit.gallery.told_reasons(reasons=', '.join(self.reasons))}" if self.reasons else str(start)

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
            "quote": self._quote(),
            "caption": words().audit.case_view.caption(sha256=self.exhibit.entry.id),
            "page": self.exhibit.page,
        }

    def _reasons(self) -> Iterator[str]:
        say = words()
        if self.exhibit.outcome in ("FP", "FN"):
            yield say.audit.gallery.reasons.wrong
        if self.prediction is not None and abs(self.prediction.p_fake - self.threshold) < BORDER:
            yield say.audit.gallery.reasons.borderline
        if agreement(self.exhibit) == "did not hold up":
            yield say.audit.gallery.reasons.disagreement
        if self.exhibit.limits:
            yield say.audit.gallery.reasons.out_of_scope

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
            yield say.audit.case_view.passed(methods=titles(passed(one))) if passed(one) else say.audit.case_view.none_passed
        if one.strata:
            yield say.audit.case_view.why(strata=", ".join(map(stratum, one.strata)))
        elif self.prediction is not None:
            yield say.audit.case_view.score_only
        if one.top_part:
            yield say.audit.case_view.part_leads(part=named(one.top_part))

    def _facts(self) -> Iterator[tuple[str, str]]:
        say, one = words(), self.exhibit
        told = {"name": one.entry.uri, "label": one.entry.label, "split": one.entry.split, "group": one.entry.group}
        known = {**told, "source": one.entry.source, "identity": one.entry.identity, "cluster": one.cluster}
        if self.prediction is not None:
            known |= {"logit": signed(self.prediction.logit)}
        if one.outside is not None:
            known |= {"outside": words().audit.case_view.share(share=one.outside)}
        for name, fact in {**known, **one.facts}.items():
            if fact is not None:
                yield (
                    str(vars(say.audit.case_view.facts).get(name, name)),
                    plain(fact) if isinstance(fact, int | float) else str(fact),
                )

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

    def _checks(self) -> dict[str, Any]:
        """Titles of methods, and for each test its title and one outcome a method: mark and words."""
        checks = self.exhibit.checks
        methods = [method for method in checks if method] or list(checks)
        asked = {name for of_one in checks.values() for name in of_one}
        order = (*ORDER, *sorted(asked - {*ORDER, *GUARDS}), *GUARDS)
        rows = [[check_title(name), [self._cell(method, name) for method in methods]] for name in order if name in asked]
        return (
            {"methods": [card(method).title if method else words().trust.every for method in methods], "rows": rows}
            if rows
            else {}
        )

    def _cell(self, method: str, name: str) -> list[str]:
        """A control's outcome holds for every method."""
        outcome = self.exhibit.checks[method].get(name) or self.exhibit.checks.get("", {}).get(name)
        if outcome is None:
            return ["", words().trust.missing]
        return [MARKS[outcome], getattr(words().trust.outcomes, outcome.replace(" ", "_"))]  # type: ignore[index]

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

    def _quote(self) -> str:
        say, one = words(), self.exhibit
        if self.prediction is None:
            return ""
        scope = f"{say.audit.case_view.out(limits=', '.join(map(limit_title, one.limits)))} " if one.limits else ""
        return str(
            say.score.quoted(
                sentence=self.sentence,
                scope=scope,
                status=say.page.status,
                picture=one.entry.id,
                detector=self.detector,
            )
        )
