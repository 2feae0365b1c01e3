"""The part table in model calls and seconds: ``python benchmarks/part_table.py``.

Every coalition of ten parts on a nested MobileNetV2-224, beside as many bare forward passes in full batches.
"""

from __future__ import annotations

import dataclasses
import statistics

import numpy as np
from measuring import nested_mobilenet, publish, ratio, rounds

import xaifake
from xaifake.explainers.parts import Parts
from xaifake.faces.mesh import landmarks_of
from xaifake.game.region_game import new_game
from xaifake.images import picture_of
from xaifake.records import Attribution

SIZE, BATCH, ROUNDS, MOST_CALLS = 224, 16, 3, 1100


def main() -> None:
    from skimage.data import astronaut

    detector = xaifake.wrap_model(nested_mobilenet(SIZE))
    (face, *_) = detector.faces(picture_of(np.ascontiguousarray(astronaut()[:SIZE, 110 : 110 + SIZE])))
    (view,) = detector.view([dataclasses.replace(face, landmarks=landmarks_of(face))])
    batch = np.stack([view.pixels] * BATCH)

    def table() -> Attribution:
        (answer,) = Parts(calls=MOST_CALLS, full=True).explain(detector, [new_game(view)], seed=0)
        if not isinstance(answer, Attribution):
            raise TypeError(answer.reason)
        return answer

    attribution = table()
    seconds = rounds(
        {"parts": table, "bare": lambda: [detector.score(batch) for _ in range(attribution.calls // BATCH)]},
        ROUNDS,
    )
    publish(
        "part_table",
        "The part table of one face (nested MobileNetV2-224)",
        [
            {"measured": "model calls", "value": attribution.calls, "aim": f"≤ {MOST_CALLS}"},
            {
                "measured": "additivity gap, logits",
                "value": f"{attribution.diagnostics['additivity_gap']:.0e}",
                "aim": "< 1e-4",
            },
            {"measured": "seconds, median", "value": round(statistics.median(seconds["parts"]), 2), "aim": ""},
            {
                "measured": f"time / {attribution.calls} bare forward passes in batches of {BATCH}",
                "value": round(ratio(seconds["parts"], seconds["bare"]), 2),
                "aim": "≤ 1.2",
            },
        ],
    )


if __name__ == "__main__":
    main()
