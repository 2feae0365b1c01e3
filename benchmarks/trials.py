"""Do checks tell true maps from wrong ones? ``python benchmarks/trials.py [TRIALS]``: usually of 200 planted pictures.

The maps are those of `xaifake.audit.selftest.trials`. A second table has what the checks say of detectors that have learnt
nothing: networks of random weights, and one that always scores the same.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping
from typing import Any

from measuring import publish

import xaifake
from xaifake import plugins
from xaifake.audit.selftest.explaining import Planted
from xaifake.audit.selftest.trials import KINDS, OUTCOMES, TELLS, blind, counted
from xaifake.detector.planted import planted_model
from xaifake.detector.untrained import untrained_model

TRIALS = 200
UNTRAINED = 20
"""Networks of random weights, each asked about two pictures."""


def main(count: int) -> None:
    counts = counted(Planted().detector(), range(count), tuple(TELLS))
    publish(
        "trials",
        f"Checks on true and wrong maps of {count} planted pictures: how often each outcome",
        [row(*key, counts[key]) for key in counts],
        raw={"trials": count, "kinds": list(KINDS)},
        note="A wrong map that is the same each time repeats and survives, and a shifted one adds up: where a check cannot "
        "tell a map, its row says no more than what it does.",
    )
    detectors = {f"untrained, {UNTRAINED} networks": [xaifake.wrap_model(untrained_model(n)) for n in range(UNTRAINED)]}
    detectors["always the same score"] = [xaifake.wrap_model(planted_model(gain=0.0))]
    told = {name: blind(some) for name, some in detectors.items()}
    publish(
        "trials_untrained",
        "What checks say of the usual methods on detectors that have learnt nothing: how often each outcome",
        [
            {"detector": name, "check": check, **{outcome: found[check][outcome] for outcome in OUTCOMES}}
            for name, found in told.items()
            for check in plugins.names("check")
        ],
    )


def row(check: str, kind: str, outcomes: Mapping[Any, int]) -> dict[str, object]:
    tells = TELLS[check]
    total = sum(outcomes.values())
    right = outcomes["held up"] if kind == "true" else total - outcomes["held up"]
    share = f"{100 * right / total:.1f} %" if kind in tells else "cannot tell"
    return {"check": check, "map": kind, **{outcome: Counter(outcomes)[outcome] for outcome in OUTCOMES}, "right": share}


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else TRIALS)
