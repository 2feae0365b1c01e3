"""What the pages say, safely: names and sentences that come from outside are text, whatever they are made of."""

from __future__ import annotations

from html import escape

import streamlit as st

from xaifake.report.resources import text
from xaifake.report.words import words


def dressed() -> None:
    """The page's style, and the script that gives reports their height."""
    st.html(f"<style>{text('app.css')}</style>")
    st.html(f"<script>{text('app.js')}</script>", unsafe_allow_javascript=True)  # our own file, nothing is put into it


def headed(title: str, lede: str) -> None:
    """The beginning of a page."""
    st.title(title, anchor=False)
    st.markdown(lede)


def refusal(reason: str, name: str = "") -> None:
    """Why something is not done, beside the name of what it is about."""
    named = f"<b>{escape(name)}</b><br>" if name else ""
    st.html(f'<p class="refused" role="alert">{named}{escape(reason)}</p>')


def note(told: str) -> None:
    """Something to be read after all else."""
    st.html(f'<p class="aside">{escape(told)}</p>')


def status() -> None:
    """What no page is without."""
    note(words().app.page.status)
