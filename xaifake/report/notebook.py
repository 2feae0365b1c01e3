"""How a `Case` and an `Attribution` show themselves in a notebook.

Records know nothing of drawing, so the notebook is told by name what to do with them, and only where one is running.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xaifake.records import Attribution, Case

HEIGHT = 320
"""Rows of a photograph in a notebook's output."""


def register() -> None:
    """Hook both records into the running IPython; without one, nothing happens. Loads no drawing code."""
    if "IPython" not in sys.modules:
        return
    from IPython import get_ipython

    shell = get_ipython()
    if shell is None:
        return
    formatter = shell.display_formatter.formatters["text/html"]
    formatter.for_type_by_name("xaifake.records.cases", "Case", show_case)
    formatter.for_type_by_name("xaifake.records.evidence", "Attribution", show_attribution)


def show_case(case: Case) -> str:
    """The prediction in words, the photograph, and beside it each method's evidence on one scale: an HTML fragment."""
    from xaifake.report import figures, sentences
    from xaifake.report.overlays import close_up, overlay, resized

    close = close_up(case)
    height = min(HEIGHT, close.picture.height)
    plain = figures.photograph(resized(close.picture.pixels, height)).uri
    pictures = [_entry("Photograph", plain, "as it is, without evidence drawn on it")]
    for panel in figures.panels(close):
        if panel.plane is None:
            drawing = figures.photograph(overlay(close, panel.attribution.method, height=height)).uri
            pictures.append(_entry(panel.title, drawing, panel.sentence))
        else:
            alone = figures.map_alone(panel.attribution, panel.scale.common)
            caption = f"{panel.sentence} This is {sentences.plane_sentence(panel.plane, sentences.fed(case))}."
            pictures.append(_entry(panel.title, alone, caption, "pixelated"))
    return _fragment(pictures, sentences.prediction_sentence(case))


def show_attribution(attribution: Attribution) -> str:
    """The map alone, on its native grid and a scale of its own: an HTML fragment."""
    from xaifake.report import figures, sentences
    from xaifake.report.cards import card
    from xaifake.report.scales import scales

    scale = scales({attribution.method: attribution})[attribution.method]
    title, caption = card(attribution.method).title, sentences.map_sentence(attribution, scale)
    return _fragment([_entry(title, figures.map_alone(attribution, scale.own), caption, "pixelated")])


def _entry(title: str, uri: str, caption: str, rendering: str = "auto") -> dict[str, str]:
    return {"title": title, "uri": uri, "caption": caption, "rendering": rendering}


def _fragment(pictures: list[dict[str, str]], sentence: str = "") -> str:
    from xaifake.report import html, sentences

    template = html.environment().get_template("notebook.html.j2")
    return template.render(pictures=pictures, sentence=sentence, words=sentences)
