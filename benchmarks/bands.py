"""The band table in model calls and seconds: ``python benchmarks/bands.py``.

All 256 coalitions of eight bands and four control draws a band, on a nested MobileNetV2-224, beside as many bare forward
passes in full batches.
"""

from __future__ import annotations

import statistics

import numpy as np
from measuring import nested_mobilenet, publish, ratio, rounds

import xaifake
from xaifake.explainers.bands import Bands
from xaifake.game.region_game import new_game
from xaifake.images import picture_of

SIZE, BATCH, ROUNDS, MOST_CALLS = 224, 16, 5, 300


def main() -> None:
    from skimage.data import astronaut

    detector = xaifake.wrap_model(nested_mobilenet(SIZE))
    picture = picture_of(np.ascontiguousarray(astronaut()[:SIZE, 110 : 110 + SIZE]))
    (view,) = detector.view([detector.faces(picture)[0]])
    batch = np.stack([view.pixels] * BATCH)
    calls = Bands().calls
    seconds = rounds(
        {
            "bands": lambda: Bands().explain(detector, [new_game(view)], seed=0),
            "bare": lambda: [detector.score(batch) for _ in range(calls // BATCH)],
        },
        ROUNDS,
    )
    publish(
        "bands",
        "The band table of one picture (nested MobileNetV2-224)",
        [
            {"measured": "model calls", "value": calls, "aim": f"≤ {MOST_CALLS}"},
            {"measured": "seconds, median", "value": round(statistics.median(seconds["bands"]), 2), "aim": ""},
            {
                "measured": f"time / {calls} bare forward passes in batches of {BATCH}",
                "value": round(ratio(seconds["bands"], seconds["bare"]), 2),
                "aim": "≤ 1.2",
            },
        ],
    )


if __name__ == "__main__":
    main()
