"""The script that Streamlit runs at each drawing: settings from its arguments, the visitor's session, and the pages."""

from __future__ import annotations

import functools
import sys

import streamlit as st

from xaifake.app.pages import about, audit, compare, explain
from xaifake.app.pages.telling import dressed, refusal
from xaifake.app.session import Session
from xaifake.app.settings import Settings
from xaifake.errors import XaifakeError
from xaifake.report.words import words


@st.cache_resource(scope="session", on_release=Session.close, show_spinner=False)
def session_of(settings: Settings) -> Session:
    """The visitor's own session, which ends with the visit.

    Raises:
        UsageError: no more visitors are taken now.
    """
    return Session(settings)


def main(settings: Settings) -> None:
    """Draw the page that the address names."""
    say = words().app.page
    st.set_page_config(layout="wide")
    dressed()
    try:
        session = session_of(settings)
        pages = [
            st.Page(functools.partial(page, session, settings), title=title, url_path=name, default=page is explain.page)
            for name, page, title in (
                ("explain", explain.page, say.explain),
                ("compare", compare.page, say.compare),
                ("audit", audit.page, say.audit),
                ("about", about.page, say.about),
            )
        ]
        chosen = st.navigation(pages, position="top")
        st.set_page_config(page_title=say.document(page=chosen.title))
        chosen.run()
    except XaifakeError as error:
        refusal(str(error))


if __name__ == "__main__":  # as Streamlit runs it
    main(Settings.parse(sys.argv[1:]))
