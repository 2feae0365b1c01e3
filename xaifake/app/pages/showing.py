"""What came out: the prediction with its cautions first, the files to take away, and the very report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple
from weakref import WeakKeyDictionary

import streamlit as st

from xaifake.app.downloads import offered
from xaifake.app.pages.telling import refusal
from xaifake.records import Case, Failure, Prediction
from xaifake.report import sentences
from xaifake.report.document import environment
from xaifake.report.html import render
from xaifake.report.limits import out_of_scope
from xaifake.report.sentences import score_words
from xaifake.report.summary import section
from xaifake.report.words import words

HEIGHT = 800
"""Pixels of a report's frame until the page's script knows the height of its content."""


class Reading(NamedTuple):
    """A score, and what was scored where there are several."""

    prediction: Prediction
    title: str = ""


class Drawn(NamedTuple):
    """A case as HTML: its scores, and the report."""

    prediction: str
    report: str


def show(outcomes: Sequence[Case | Failure], readings: Callable[[Case], Sequence[Reading]]) -> None:
    """Say which pictures were refused, and show one of the others, its scores first."""
    say = words().app.case
    for one in outcomes:
        if isinstance(one, Failure):
            refusal(one.error, say.refused(name=one.image))
    cases = [one for one in outcomes if isinstance(one, Case)]
    if len(cases) > 1:
        place = st.selectbox(say.picture, range(len(cases)), format_func=lambda at: _choice(cases, at))
        _show_case(cases[place], readings)
    elif cases:
        _show_case(cases[0], readings)


def predicted(case: Case, readings: Sequence[Reading]) -> str:
    """Scores as sentences, and what has to be known before any map is looked at, as the report's summary says it: HTML."""
    template = environment().get_template("app_prediction.html.j2")
    cautions = [finding for finding in section(case).findings if finding.weight == "caution"]
    told = {
        "stop": out_of_scope(case),
        "cautions": cautions,
        "words": sentences,
        "model": sentences.model_name(case.detector),
    }
    return template.render(readings=readings, **told)


def framed(report: str, title: str) -> None:
    """A report as it is, in a frame.

    A frame's script could reach the page about it. Ours may be shown so because nothing of a report comes from outside as
    markup: its templates escape everything, and its policy runs no script but the one whose hash it names (`document`), so a
    name made of markup is text. Streamlit's own script that measures content is stopped by that policy as any other is;
    a number as height leaves it away, and the report as it is downloaded. `app.js` measures from outside.
    """
    st.iframe(report, height=HEIGHT, alt=title)


def _show_case(case: Case, readings: Callable[[Case], Sequence[Reading]]) -> None:
    say, drawn = words().app.case, _drawn(case, readings)
    st.html(drawn.prediction)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.text(say.download)
        for one in offered(case, drawn.report):
            st.download_button(one.label, one.content, one.name, one.mime, on_click="ignore")
    framed(drawn.report, say.frame(name=case.picture.name))


def _drawn(case: Case, readings: Callable[[Case], Sequence[Reading]]) -> Drawn:
    """What is shown of a case, drawn once as long as the visit keeps it."""
    kept: WeakKeyDictionary[Case, Drawn] = st.session_state.setdefault("drawn", WeakKeyDictionary())
    if case not in kept:
        kept[case] = Drawn(predicted(case, readings(case)), render(case))
    return kept[case]


def _choice(cases: Sequence[Case], at: int) -> str:
    name, score = cases[at].picture.name, score_words(cases[at].prediction.p_fake)
    return str(words().app.case.choice(number=at + 1, count=len(cases), name=name, score=score))
