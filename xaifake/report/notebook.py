"""How a `Case` and an `Attribution` show themselves in a notebook: fragments of HTML that load nothing, on any ground."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xaifake.records import Attribution, Case
    from xaifake.settled import Settled

HEIGHT = 320
"""Rows of a photograph in a notebook's output."""


def show_case(case: Case) -> str:
    """The prediction in words, the photograph, and beside it each method's evidence on one scale: an HTML fragment."""
    from xaifake.report import figures, sentences
    from xaifake.report.overlays import close_up, overlay, resized
    from xaifake.report.words import words

    say, close = words(), close_up(case)
    height = min(HEIGHT, close.picture.height)
    plain = figures.photograph(resized(close.picture.pixels, height)).uri
    pictures = [_entry(say.maps.photograph, plain, say.maps.plain)]
    for panel in figures.panels(close):
        told = [panel.sentence, *_hatched(panel.unsettled)]
        if panel.plane is None:
            drawing = figures.photograph(overlay(close, panel.attribution.method, height=height)).uri
            pictures.append(_entry(panel.title, drawing, " ".join(told)))
        else:
            alone = figures.map_alone(panel.unsettled, panel.scale.common)
            told.append(say.maps.lies_in(plane=sentences.plane_sentence(panel.plane, sentences.fed(case))))
            pictures.append(_entry(panel.title, alone, " ".join(told), "pixelated"))
    return _fragment(pictures, sentences.prediction_sentence(case))


def show_attribution(attribution: Attribution) -> str:
    """The map alone, on its native grid and a scale of its own: an HTML fragment."""
    from xaifake.report import figures, sentences
    from xaifake.report.cards import card
    from xaifake.report.scales import scales
    from xaifake.settled import settled

    found = settled(attribution)
    scale = scales({attribution.method: found.attribution})[attribution.method]
    caption = " ".join([f"{sentences.map_sentence(found.attribution, scale)}.", *_hatched(found)])
    return _fragment([_entry(card(attribution.method).title, figures.map_alone(found, scale.own), caption, "pixelated")])


def _hatched(found: Settled) -> list[str]:
    """How much of a map is striped, where any of it is."""
    from xaifake.report.words import words

    return [f"{words().maps.hatched(count=found.count, all=found.regions)}."] if found.count else []


def _entry(title: str, uri: str, caption: str, rendering: str = "auto") -> dict[str, str]:
    return {"title": title, "uri": uri, "caption": caption, "rendering": rendering}


def _fragment(pictures: list[dict[str, str]], sentence: str = "") -> str:
    from xaifake.report import sentences
    from xaifake.report.document import environment

    template = environment().get_template("notebook.html.j2")
    return template.render(pictures=pictures, sentence=sentence, words=sentences)
