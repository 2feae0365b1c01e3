"""How far a job is, told once a second beside everything else that the page shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from xaifake.app.jobs import Job
from xaifake.app.pages.telling import note, refusal
from xaifake.errors import XaifakeError
from xaifake.report.words import words

EVERY = 1.0
"""Seconds between two looks."""


def begun(key: str, begin: Callable[[], Job[Any]]) -> None:
    """Begin a job, which takes the place of this page's last one; or say why not."""
    if (last := found(key)) is not None:
        last.stop()
    try:
        st.session_state[key] = begin()
    except XaifakeError as error:
        refusal(str(error))


def found(key: str) -> Job[Any] | None:
    """This page's last job; it is kept while the visitor looks at other pages."""
    job: Job[Any] | None = st.session_state.get(key)
    return job


def followed(job: Job[Any]) -> None:
    """Say how far a job is. The whole page is drawn again when there is a new outcome, or nothing more comes."""
    say = words().app.following
    if not job.finished:
        _watched(job, len(job.outcomes))
    elif job.state == "stopped":
        st.markdown(say.stopped)
    elif job.state == "failed":
        refusal(job.error or "", say.failed)


@st.fragment(run_every=EVERY)
def _watched(job: Job[Any], outcomes: int) -> None:
    if job.finished or len(job.outcomes) > outcomes:
        st.rerun()
    say = words().app.following
    st.progress(min(job.done / job.total, 1.0) if job.total else 0.0)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.text(_told(job))
        st.button(say.stop, on_click=job.stop)
    note(say.leave)


def _told(job: Job[Any]) -> str:
    say = words().app.following
    if job.state == "waiting":
        return str(say.waiting(count=job.ahead) if job.ahead else say.next)
    if not job.what:
        return str(say.running(done=job.done, total=job.total) if job.done else say.beginning)
    known = say.step(what=job.what, done=job.done, total=job.total) if job.total else None
    return str(known or say.step_unknown(what=job.what, done=job.done))
