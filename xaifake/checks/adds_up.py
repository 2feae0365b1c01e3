"""Does the map add up? Its values are held against the logit that they set out to explain. No model calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from xaifake.checks._outcomes import MATERIAL, greatest, outcome, untested
from xaifake.interfaces import Engine, Explained
from xaifake.records import Attribution, Check

GAPS = ("additivity_gap", "completeness_gap")
"""By which of its diagnostics a method tells how far its values miss the logit that they should sum to."""
COMPLETE = {"held_up": 95.0, "mixed": 80.0}
"""Of what the picture adds to the logit of the fill, so many percent are explained."""
FITTED = {"held_up": 80.0, "mixed": 50.0}
"""Of the logits' variance, so many percent are explained."""


@dataclass(frozen=True)
class AddsUp:
    """Reads from a method's own diagnostics how much of the logit its values explain.

    Where values should sum to the logit of the view less that of the fill (SHAP, parts, Owen values, bands, integrated
    gradients), what they miss is compared with that difference, or with `MATERIAL` where that is more. LIME's weighted R² is
    adjusted for its number of regions (Ezekiel 1930), since of answers that it was not fitted to it explains less. Other
    methods promise no sum. Maps whose values are all below `MATERIAL`, alone and together, have nothing to add up.
    """

    def calls(self, methods: int) -> int:  # noqa: ARG002 - nothing is asked, however many there are
        """None."""
        return 0

    def check(self, engine: Engine, explained: Sequence[Explained], seed: int) -> list[list[Check]]:  # noqa: ARG002 - nothing is asked
        """One check for each attribution."""
        return [
            [Check("adds_up", attribution.method, **_record(attribution)) for attribution in one.attributions.values()]
            for one in explained
        ]


def _record(attribution: Attribution) -> dict[str, Any]:
    told = attribution.diagnostics
    gap = next((told[name] for name in GAPS if name in told), None)
    if attribution.is_empty:
        return untested("empty")
    if gap is None and "r2" not in told:
        return untested("no_sum")
    if greatest(attribution) < MATERIAL:
        return untested("weak")
    if gap is None:
        return _fitted(attribution)
    full, empty = told["full"], told["empty"]
    percent = 100 * (1 - gap / max(abs(full - empty), MATERIAL))
    measures = {"explained_percent": percent, "gap": gap, "full": full, "empty": empty}
    return {"outcome": outcome(percent, **COMPLETE), "measures": measures}


def _fitted(attribution: Attribution) -> dict[str, Any]:
    r2, players = attribution.diagnostics["r2"], attribution.diagnostics["players"]
    left = attribution.calls - players - 1
    if left < 1:
        return untested("no_freedom")
    percent = 100 * (1 - (1 - r2) * (attribution.calls - 1) / left)
    measures = {"explained_percent": percent, "r2": r2, "regions": players, "asked": attribution.calls}
    return {"outcome": outcome(percent, **FITTED), "measures": measures}
