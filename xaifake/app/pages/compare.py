"""A picture and its original: both scores, and what giving each place its original pixels back does."""

from __future__ import annotations

import streamlit as st

from xaifake.app import examples, jobs
from xaifake.app.pages.asking import WIDTH, asked_of
from xaifake.app.pages.following import begun, followed, found
from xaifake.app.pages.sending import sent
from xaifake.app.pages.showing import Reading, show
from xaifake.app.pages.telling import headed, status
from xaifake.app.session import Session
from xaifake.app.settings import Settings
from xaifake.audit.subjects import Question
from xaifake.records import Case
from xaifake.report.originals import genuine
from xaifake.report.words import words

JOB = "comparing"


def page(session: Session, settings: Settings) -> None:
    """Ask for both pictures, explain the one by the other in the background, and show what came out."""
    say = words().app.compare
    headed(say.title, say.lede)
    with st.container(width=WIDTH):
        left, right = st.columns(2)
        with left:
            suspects = sent(session, settings, say.suspect)
        with right:
            originals = sent(session, settings, say.original)
        asked = asked_of(settings)
        with st.container(horizontal=True):
            begin = st.button(say.begin, type="primary", disabled=not (suspects and originals and asked.is_whole))
            example = st.button(say.examples, disabled=not asked.is_whole)
    if begin or example:
        suspect, original = examples.pictures() if example else (suspects[0], originals[0])
        question = Question(suspect, original=original)
        begun(JOB, lambda: jobs.explain(session, asked.opened, [question], **asked.options))
    if job := found(JOB):
        followed(job)
        show(job.outcomes, _readings)
    status()


def _readings(case: Case) -> list[Reading]:
    """Both scores, that of the original where it could be asked for."""
    say, original, other = words().app.compare, case.original, genuine(case)
    readings = [Reading(case.prediction, say.scored_picture(name=case.picture.name))]
    if original is not None and other is not None:
        readings.append(Reading(other, say.scored_original(name=original.picture.name)))
    return readings
