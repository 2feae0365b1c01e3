"""Methods agree: do they point to the same parts of the face?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from xaifake import plugins
from xaifake.checks import _likeness as likeness
from xaifake.checks._likeness import Numbers
from xaifake.checks._outcomes import MATERIAL, greatest, untested
from xaifake.checks._places import densities_on
from xaifake.domains import has_sign
from xaifake.faces.parts import PARTS, parts_of
from xaifake.interfaces import Engine, Explained
from xaifake.records import Attribution, Check, Labels, View

ALIKE, UNLIKE = 0.5, 0.2
"""From and below which mean rank correlation a method agrees with the others, and does not: of sixteen places without any
common order, one pair in forty reaches 0.5 by chance."""
HALF = 1 / 2
"""The share of the other voices from which on they name the same leading place."""
NEARLY = 1 / 2
"""The share of a map's greatest evidence from which on a place nearly leads: of what lies across two places, coarser maps
draw more on the one or on the other."""
SMALL = 0.01
"""The share of the view from which on a place may lead: on a smaller one a map's edge tells more than its evidence."""
CELLS = 4
"""Rows and columns of the places where no face is known."""

Record = dict[str, Any]
Voice = Sequence[str]
"""Methods that agree by the way they are made."""


@dataclass(frozen=True)
class Agrees:
    """Compares each map with those of the other methods, place by place.

    Source: Krishna and others 2024, who find that methods often disagree and that their users settle it as they please; the
    measures are their rank correlation and their agreement of the leading feature. Deviation: their features are pixels or
    superpixels, here the sixteen parts of the face, which readers can name; where no face mesh was found, sixteen cells of
    the view. Each place has its mean evidence per area, signed; the leading one is that of the greatest magnitude.
    Maps lead alike where the leading place of one has half of what leads the other, or more, for the same side.

    Methods that hide regions (SHAP, LIME, the parts, occlusion) see the picture by the same masks and agree for that reason
    alone: all of them together have one voice, every other method has one of its own, and with one voice only no map holds
    up. Agreement is no sign that methods are right, they may err alike; disagreement says that where the evidence lies is
    not settled.
    """

    def calls(self, methods: int) -> int:  # noqa: ARG002 - it looks at maps that are there
        return 0

    def check(self, engine: Engine, explained: Sequence[Explained], seed: int) -> list[list[Check]]:  # noqa: ARG002 - as above
        """One check for each attribution."""
        return [self._checks(one) for one in explained]

    def _checks(self, explained: Explained) -> list[Check]:
        maps = explained.attributions
        reasons = {method: _reason(each) for method, each in maps.items()}
        named, labels = places_of(explained.game.view)
        sizes = np.bincount(labels.ravel()) / labels.size
        evidence = {method: densities_on(labels, maps[method]) for method, reason in reasons.items() if reason is None}
        leading = {method: named[_leading(each, sizes)] for method, each in evidence.items()}
        hiding = [method for method in evidence if maps[method].regions is not None]
        voices = [voice for voice in (hiding, *([method] for method in evidence if method not in hiding)) if voice]
        return [
            Check(
                plugins.name_of(type(self)),
                method,
                **(untested(reason) if reason else _record(method, evidence, leading, voices, sizes)),
            )
            for method, reason in reasons.items()
        ]


def places_of(view: View) -> tuple[list[str], Labels]:
    """The names of a view's places and the place of each pixel, (h, w): the parts of the face that are seen, or cells."""
    height, width = view.pixels.shape[:2]
    box, landmarks = view.face.box, view.face.landmarks
    if landmarks is None:
        rows, columns = (np.arange(side) * CELLS // side for side in (height, width))
        labels = (rows[:, None] * CELLS + columns).astype(np.int32)
        names = [f"row {row + 1}, column {column + 1}" for row in range(CELLS) for column in range(CELLS)]
    else:
        scale = np.array([width / box.width, height / box.height])
        labels = parts_of(((landmarks - np.array([box.left, box.top])) * scale).astype(np.float32), (height, width))
        names = list(PARTS)
    seen, compact = np.unique(labels, return_inverse=True)
    return [names[place] for place in seen], compact.reshape(labels.shape).astype(np.int32)


def _reason(attribution: Attribution) -> str | None:
    """Why a map cannot be compared with others, or None."""
    if attribution.domain != "pixel":
        return "in_frequencies"
    if attribution.is_empty:
        return "empty"
    if not has_sign(attribution):
        return "unsigned"
    return "weak" if greatest(attribution) < MATERIAL else None


def _leading(evidence: Numbers, sizes: Numbers) -> int:
    return int(np.argmax(np.where(sizes >= SMALL, np.abs(evidence), -1)))


def _lead_alike(one: Numbers, other: Numbers, sizes: Numbers) -> bool:
    """Whether the leading place of either map leads the other too, or nearly does, for the same side."""
    first, second = _leading(one, sizes), _leading(other, sizes)
    return bool(
        np.sign(one[first]) * other[first] >= NEARLY * abs(other[second])
        or np.sign(other[second]) * one[second] >= NEARLY * abs(one[first])
    )


def _record(
    method: str,
    evidence: Mapping[str, Numbers],
    leading: Mapping[str, str],
    voices: Sequence[Voice],
    sizes: Numbers,
) -> Record:
    ranks = {other: likeness.rank_correlation(evidence[method], each) for other, each in evidence.items() if other != method}
    if not ranks:
        return untested("one_method")
    others = [voice for members in voices if (voice := [other for other in members if other != method])]
    mean = float(np.mean([np.mean([ranks[other] for other in voice]) for voice in others]))
    leads = {other: _lead_alike(evidence[method], evidence[other], sizes) for other in ranks}
    same = float(np.mean([np.mean([leads[other] for other in voice]) for voice in others]))
    measures = {
        "rank_correlation": mean,
        "rank_correlations": tuple(ranks.values()),
        "others": tuple(ranks),
        "leading": leading[method],
        "leading_of_others": tuple(leading[other] for other in ranks),
        "same_leading": sum(leads.values()),
        "compared": len(ranks),
        "voices": len(voices),
    }
    if mean >= ALIKE and same >= HALF and len(voices) > 1:
        return {"outcome": "held up", "measures": measures}
    return {"outcome": "did not hold up" if mean < UNLIKE and same < HALF else "mixed", "measures": measures}
