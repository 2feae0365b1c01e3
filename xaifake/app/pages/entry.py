"""The script that Streamlit runs at each drawing: settings from its arguments, the visitor's session, and the pages."""

from __future__ import annotations

import functools
import sys

import streamlit as st
from streamlit.runtime import get_instance
from streamlit.runtime.scriptrunner import get_script_run_ctx

from xaifake.app.pages import about, audit, compare, explain
from xaifake.app.pages.telling import dressed, refusal
from xaifake.app.session import Session, visit
from xaifake.app.settings import Settings
from xaifake.errors import UsageError, XaifakeError
from xaifake.report.words import words


def session_of(settings: Settings) -> Session:
    """The visitor's own session, which ends with the visit.

    Streamlit's cache of sessions' resources is no place for it: any visitor may have all of that cleared, for everybody.

    Raises:
        UsageError: no more visitors are taken now.
    """
    context = get_script_run_ctx()
    if context is None:
        raise UsageError("The page is served by xaifake app. Received: no visit")
    return visit(settings, context.session_id, get_instance().is_active_session)


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
