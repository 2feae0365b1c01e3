"""Pictures explained, one after the other."""

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
from xaifake.report.words import words

JOB = "explaining"


def page(session: Session, settings: Settings) -> None:
    """Ask for pictures, explain them in the background, and show what came out."""
    say = words().app.explain
    headed(say.title, say.lede)
    with st.container(width=WIDTH):
        pictures = sent(session, settings, say.pictures, several=True)
        asked = asked_of(settings)
        with st.container(horizontal=True):
            begin = st.button(say.begin, type="primary", disabled=not (pictures and asked.is_whole))
            example = st.button(say.examples, disabled=not asked.is_whole)
    if begin or example:
        chosen = examples.pictures() if example else pictures
        begun(JOB, lambda: jobs.explain(session, asked.opened, chosen, **asked.options))
    if job := found(JOB):
        followed(job)
        show(job.outcomes, lambda case: [Reading(case.prediction)])
    status()
