"""What a visitor chooses: detector, methods and options, by the names and the words that reports use."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import streamlit as st

from xaifake import plugins
from xaifake.app.detectors import Opened, opened, titles
from xaifake.app.settings import Settings
from xaifake.audit.planning import DEFAULT_METHODS, WITH_ORIGINAL
from xaifake.game.region_game import DEFAULT_FILL
from xaifake.report.cards import card
from xaifake.report.words import words

WIDTH = 800
"""Pixels of what a visitor chooses, at most; reports take the whole page."""
MOST_CALLS = 20_000
"""Model calls of a method that a visitor may ask for: four times what SHAP asks by itself at most."""


@dataclass(frozen=True)
class Asked:
    """The detector, and the options of `xaifake.explain_many`."""

    opened: Opened
    options: dict[str, Any]

    @property
    def is_whole(self) -> bool:
        """Whether there is anything to ask."""
        return bool(self.options["methods"])


def detector_of(settings: Settings) -> str:
    """The title of the detector that is chosen."""
    return str(st.selectbox(words().app.asking.detector, titles(settings)))


def asked_of(settings: Settings) -> Asked:
    """Let the visitor choose; what an original is needed for is asked where there is one, and not chosen."""
    say = words().app.asking
    title = detector_of(settings)
    methods = st.pills(
        say.methods,
        _sorted_methods(),
        selection_mode="multi",
        default=DEFAULT_METHODS,
        format_func=lambda name: card(name).title,
    )
    if not methods:
        st.markdown(say.no_method)
    with st.expander(say.shown):
        st.html(f'<dl class="methods">{"".join(map(_told, methods))}</dl>')
    with st.expander(say.options):
        calls = st.number_input(say.calls, 1, MOST_CALLS, None, placeholder=say.calls_each)
        seed = st.number_input(say.seed, 0, 2**32 - 1, 0)
        fills = plugins.names("fill")
        fill = st.selectbox(say.fill, fills, fills.index(DEFAULT_FILL))
    return Asked(opened(settings, title), {"methods": methods, "calls": calls, "seed": seed, "fill": fill})


def _sorted_methods() -> list[str]:
    """Those that are asked unless told otherwise, and all others."""
    others = [name for name in plugins.names("explainer") if name not in (*DEFAULT_METHODS, *WITH_ORIGINAL)]
    return [*DEFAULT_METHODS, *others]


def _told(method: str) -> str:
    own = card(method)
    return f"<div><dt>{escape(own.title)}</dt><dd>{escape(own.shows)}</dd></div>"
