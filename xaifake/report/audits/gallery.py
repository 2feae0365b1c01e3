"""The gallery of an audit's report and its case view: what the page's templates and scripts find."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from xaifake.report.audits.case_views import CaseView
from xaifake.report.audits.facets import Facet
from xaifake.report.audits.maps import Method
from xaifake.report.words import words
from xaifake.risks import BORDER

BUDGET = 8_000_000
"""Bytes of a page at most: it opens quickly everywhere, and can be mailed."""
CHUNK = 20
"""Pictures that a page's script decodes together."""
STILLS = 24
"""Pictures of a page that are seen without script."""
FILE, FURTHER = "audit.html", "gallery-{number}.html"
"""The report, and further pages of its gallery."""
SORTS = ("risk", "score", "name", "outside")


@dataclass(frozen=True)
class Still:
    """A picture as it is seen without script. Scripts take the display copy from here."""

    image: str
    layer: str
    """The map in colours, as a data URI; empty where there is none, or where it lies on no picture."""
    map_sentence: str
    view: CaseView


@dataclass(frozen=True)
class Gallery:
    """One page of a gallery: it filters and counts all pictures, and shows its own."""

    number: int
    files: tuple[str, ...]
    """All pages."""
    count: int
    """Pictures of all pages."""
    first: int
    """The place of this page's first picture in the order of risk, from 1."""
    views: tuple[CaseView, ...]
    """The pictures of this page."""
    stills: tuple[Still, ...]
    facets: tuple[Facet, ...]
    methods: tuple[Method, ...]
    index: Markup
    """All pictures, as the script filters and sorts them."""
    chunks: tuple[Markup, ...]
    """The pictures of this page, as the script draws them."""

    @property
    def sorts(self) -> list[tuple[str, str]]:
        """The orders, by their names in the address and in words."""
        return [(name, getattr(words().audit.gallery.sorts, name)) for name in SORTS]

    @property
    def maps(self) -> list[tuple[str, str]]:
        """What can lie on the pictures: each method's maps, or none."""
        return [*((method.name, method.title) for method in self.methods), ("none", words().audit.gallery.no_map)]

    @property
    def order(self) -> str:
        """How risk comes about."""
        return str(words().audit.gallery.order(border=f"{BORDER:g}"))

    @property
    def last(self) -> int:
        """The place of this page's last picture."""
        return self.first + len(self.views) - 1
