"""From answers to the record of a test."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from xaifake import plugins
from xaifake.records import Effect, Shortcut, Trials
from xaifake.records.shortcuts import BEYOND
from xaifake.shortcuts._judging import COMPARISONS, Answer, Whom, interval_of, practical, rows_of, share_of


def told(test: Any, trials: Trials, answers: Sequence[Answer], measures: Mapping[str, Any] | None = None) -> Shortcut:
    """What came of a test: confirmed where one answer counts, not tested where there is none, otherwise not seen.

    ``leading`` among the measures is the change of the largest answer: the one to show.
    """
    given = [answer for answer in answers if answer.reason is None]
    record: dict[str, Any] = {
        "name": plugins.name_of(type(test)),
        "options": dataclasses.asdict(test),
        "calls": _calls(trials),
    }
    effects = (*effects_of(trials), *(effect for answer in given if (effect := _beyond(answer)) is not None))
    if not given:
        return Shortcut(
            outcome="not tested", reason=answers[0].reason, effects=effects, measures=dict(measures or {}), **record
        )
    leading = max(given, key=lambda answer: (answer.counts, answer.size))
    numbers = {
        "leading": leading.ask.change,
        "leading_whom": leading.ask.whom,
        "leading_size": leading.size,
        "practical": practical(trials, leading.ask),
        "comparisons": len(answers),
        "comparisons_of_all": COMPARISONS,
    }
    return Shortcut(
        outcome="confirmed" if leading.counts else "not seen",
        effects=effects,
        measures={**numbers, **(measures or {})},
        **record,
    )


def effects_of(trials: Trials) -> tuple[Effect, ...]:
    """What each change does to the pictures of each label, or to all where there is none; two pictures at least."""
    whoms: tuple[Whom, ...] = ("REAL", "FAKE") if any(trials.labels) else ("all",)
    found = []
    for change, after in trials.after.items():
        for whom in whoms:
            rows = rows_of(trials, whom) & ~np.isnan(after)
            if rows.sum() > 1:
                turned = (after >= trials.threshold) != (trials.before >= trials.threshold)
                found.append(Effect(change, whom, interval_of((after - trials.before)[rows]), share_of(turned[rows])))
    return tuple(found)


def _beyond(answer: Answer) -> Effect | None:
    """The rest beyond a control, or the shift toward the partner's label; None where effects say the same already."""
    ask = answer.ask
    if answer.beyond is None or answer.flips is None or (ask.control is None and ask.whom != "exchanged"):
        return None
    label = "all" if ask.whom == "exchanged" else ask.whom
    return Effect(ask.change + BEYOND, label, answer.beyond, answer.flips)


def _calls(trials: Trials) -> int:
    """Copies that were scored."""
    return sum(int((~np.isnan(after)).sum()) for after in trials.after.values())
