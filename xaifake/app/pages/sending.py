"""Pictures that a visitor sends, and what is refused of them."""

from __future__ import annotations

import streamlit as st

from xaifake.app.pages.telling import refusal
from xaifake.app.session import Session
from xaifake.app.settings import Settings
from xaifake.app.uploads import Refused, Upload, kept

KINDS = ("jpg", "jpeg", "png", "webp")


def sent(session: Session, settings: Settings, label: str, *, several: bool = False) -> list[Upload]:
    """The pictures that can be explained; beside the names of the others it is said why they cannot."""
    files = st.file_uploader(label, KINDS, accept_multiple_files=several, max_upload_size=settings.max_upload_mb)
    given = files if isinstance(files, list) else [files] if files else []
    outcomes = kept(session, given, settings)
    for one in outcomes:
        if isinstance(one, Refused):
            refusal(one.reason, one.name)
    return [one for one in outcomes if isinstance(one, Upload)]
