"""What the page is, how to read what it shows, and what happens to pictures."""

from __future__ import annotations

import streamlit as st

from xaifake.app.detectors import titles
from xaifake.app.pages.telling import headed, status
from xaifake.app.session import Session
from xaifake.app.settings import Settings
from xaifake.audit.provenance import versions
from xaifake.report.words import words


def page(_session: Session, settings: Settings) -> None:
    """The page's own words, and the versions of what it runs on."""
    say = words().app.about
    headed(say.title, say.what)
    st.header(say.reading, anchor=False)
    st.markdown("\n".join(f"{number}. {line}" for number, line in enumerate(say.lines, 1)))
    st.header(say.limits, anchor=False)
    st.markdown("\n".join(f"- {line}" for line in say.cannot))
    st.header(say.data, anchor=False)
    bounds = say.bounds(
        pictures=settings.max_pictures,
        megabytes=settings.max_upload_mb,
        archive=settings.max_archive_mb,
        entries=settings.max_entries,
    )
    st.markdown(f"{say.kept} {bounds}")
    st.header(say.detectors, anchor=False)
    st.text("\n".join(titles(settings)))
    st.markdown(say.chosen_by)
    st.header(say.versions, anchor=False)
    told = {**versions(), "streamlit": st.__version__}
    st.text("\n".join(f"{name} {version}" for name, version in told.items()))
    status()
