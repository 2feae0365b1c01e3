"""Hanging an audit's pictures: which page of the gallery each is on, and what its page's script reads of it."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from markupsafe import Markup

from xaifake.records import Audit, Exhibit
from xaifake.report.audits.case_views import MARKS, CaseView, check_words, fact_titles
from xaifake.report.audits.facets import Facet, facets_of, p_fake, paged
from xaifake.report.audits.gallery import BUDGET, CHUNK, FILE, FURTHER, SORTS, STILLS, Gallery, Still
from xaifake.report.audits.maps import Method, SmallMap, methods_of, ramps, small_maps
from xaifake.report.document import for_script
from xaifake.report.figures import bar
from xaifake.report.sentences import model_name
from xaifake.report.words import words

ROW = 400
"""Bytes of a picture's row in the table, about, beside its name."""


def galleries(audit: Audit, exhibits: Sequence[Exhibit], *, file: str = FILE, room: int = BUDGET) -> tuple[Gallery, ...]:
    """The pages of a gallery: the riskiest pictures on the first, as many as there is room for, then the next.

    Args:
        audit: the record.
        exhibits: in any order.
        file: the first page's name; further ones lie beside it.
        room: bytes that one page may take for its pictures, and for the index of all.
    """
    hall = _Hall(audit, tuple(sorted(exhibits, key=lambda one: (-one.risk, one.entry.id))))
    sizes = [len(data) + len(view.exhibit.name) + ROW for data, view in zip(hall.data, hall.views, strict=True)]
    pages = list(split(sizes, room - sum(len(_json(entry)) for entry in hall.entries)))
    files = (file, *(FURTHER.format(number=number) for number in range(2, len(pages) + 1)))
    return tuple(hall.page(number, files, pages) for number in range(1, len(pages) + 1))


def split(sizes: Sequence[int], room: int) -> Iterator[range]:
    """Places in order, as many on each page as there is room for, and one at least; a page without any where there are none.

    >>> list(split([4, 4, 4, 9], 8))
    [range(0, 2), range(2, 3), range(3, 4)]
    """
    start = used = 0
    for place, size in enumerate(sizes):
        if place > start and used + size > room:
            yield range(start, place)
            start, used = place, 0
        used += size
    yield range(start, len(sizes))


@dataclass(frozen=True)
class _Hall:
    """All exhibits, the riskiest first, and what is made of them once."""

    audit: Audit
    exhibits: tuple[Exhibit, ...]

    @cached_property
    def views(self) -> list[CaseView]:
        detector, threshold = self.audit.detector, self.audit.contract.threshold
        return [CaseView(one, model_name(detector), detector.sha256, threshold) for one in self.exhibits]

    @cached_property
    def maps(self) -> list[tuple[SmallMap, ...]]:
        wholes = words().evidence.wholes
        whole = str(wholes.face if self.audit.contract.crop == "face" else wholes.picture)
        return [small_maps(one, whole) for one in self.exhibits]

    @cached_property
    def methods(self) -> tuple[Method, ...]:
        return methods_of([one for maps in self.maps for one in maps])

    @cached_property
    def facets(self) -> tuple[Facet, ...]:
        return facets_of(self.exhibits)

    @cached_property
    def ids(self) -> list[str]:
        """What the address calls each picture: the beginning of its SHA-256, as long as tells all of them apart."""
        whole = [one.entry.id for one in self.exhibits]
        return next((ids for n in (12, 24) if len(set(ids := [id_[:n] for id_ in whole])) == len(whole)), whole)

    @cached_property
    def data(self) -> list[str]:
        """Each picture as the script draws it, as JSON."""
        return [_json({"image": _base64(one.image), **self._drawn(place)}) for place, one in enumerate(self.exhibits)]

    @cached_property
    def entries(self) -> list[dict[str, Any]]:
        """Each picture as the script filters and sorts it."""
        return [self._entry(place) for place in range(len(self.exhibits))]

    def page(self, number: int, files: tuple[str, ...], pages: Sequence[range]) -> Gallery:
        """One of the pages, counted from 1."""
        mine = pages[number - 1]
        stills = tuple(self._still(place) for place in mine[:STILLS])
        page_of = [page for page, places in enumerate(pages) for _ in places]
        facets = (*self.facets, paged(page_of)) if len(pages) > 1 else self.facets
        told = [
            _json({"still": place - mine.start, **self._drawn(place)})
            if place - mine.start < len(stills)
            else self.data[place]
            for place in mine
        ]
        return Gallery(
            number=number,
            files=files,
            count=len(self.exhibits),
            first=mine.start + 1,
            views=tuple(self.views[mine.start : mine.stop]),
            stills=stills,
            facets=facets,
            methods=self.methods,
            index=for_script(self._index(number, files, facets, page_of, mine.start)),
            chunks=tuple(
                Markup(f"[{','.join(told[at : at + CHUNK])}]")  # noqa: S704 - made harmless by _json
                for at in range(0, len(told), CHUNK)
            ),
        )

    def _entry(self, place: int) -> dict[str, Any]:
        one, view = self.exhibits[place], self.views[place]
        score = p_fake(one)
        return {
            "id": self.ids[place],
            "name": one.name,
            "score": view.score,
            "outcome": one.outcome or "none",
            "reasons": list(view.reasons),
            "number": None if score is None else round(score, 6),
            "outside": None if one.outside is None else round(one.outside, 4),
        }

    def _drawn(self, place: int) -> dict[str, Any]:
        methods = {method.name: at for at, method in enumerate(self.methods)}
        maps = [one.data(methods, self.methods[methods[one.method]].common) for one in self.maps[place]]
        return {"maps": maps, **self.views[place].data}

    def _still(self, place: int) -> Still:
        maps = [one for one in self.maps[place] if one.picture.domain == "pixel"][:1]
        commons = {method.name: method.common for method in self.methods}
        return Still(
            image=f"data:image/webp;base64,{_base64(self.exhibits[place].image)}" if self.exhibits[place].image else "",
            layer="".join(one.still(commons[one.method]) for one in maps),
            map_sentence="".join(one.sentence for one in maps),
            view=self.views[place],
        )

    def _index(
        self, number: int, files: Sequence[str], facets: Sequence[Facet], page_of: Sequence[int], first: int
    ) -> dict[str, Any]:
        return {
            "page": number,
            "files": list(files),
            "first": first,
            "chunk": CHUNK,
            "ramps": ramps(),
            "bars": {"signed": bar(), "sensitive": bar(has_sign=False)},
            "methods": [method.data for method in self.methods],
            "facets": [facet.data for facet in facets],
            "sorts": list(SORTS),
            "outcomes": {name: [MARKS[name], str(text)] for name, text in vars(words().audit.gallery.outcomes).items()},
            "tests": check_words(self.exhibits),
            "titles": fact_titles(),
            "detector": self.audit.detector.sha256,
            "words": _script_words(),
            "cases": [
                {**self.entries[place], "page": page + 1, "facets": [facet.of_each[place] for facet in facets]}
                for place, page in enumerate(page_of)
            ],
        }


def _script_words() -> dict[str, str]:
    say = words()
    shared = {
        "real": say.evidence.real,
        "fake": say.evidence.fake,
        "no_effect": say.maps.no_effect,
        "most_sensitive": say.maps.most_sensitive,
        "empty": say.evidence.none,
        "quoted": say.score.quoted,
        "status": say.page.status,
        "caption": say.audit.case_view.caption,
        "told": say.audit.gallery.told,
        "told_unusable": say.audit.gallery.told_unusable,
        "told_reasons": say.audit.gallery.told_reasons,
        "missing": say.trust.missing,
        "no_map": say.audit.gallery.no_map,
        "no_picture": say.audit.gallery.no_picture,
    }
    reasons = {f"reason_{name}": text for name, text in vars(say.audit.gallery.reasons).items()}
    return {name: str(text) for name, text in {**vars(say.audit.gallery.script), **reasons, **shared}.items()}


def _json(told: dict[str, Any]) -> str:
    return str(for_script(told))


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
