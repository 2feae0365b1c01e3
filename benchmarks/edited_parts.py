"""How often the strongest part is one that was edited: ``python benchmarks/edited_parts.py [DETECTOR ...]``.

The names of the 29 CIPLAB pairs say in four bits which of left eye, right eye, nose and mouth were pasted. On the pairs
whose edit raises a detector's logit, the part with the greatest Shapley value for FAKE is compared with the bits. Beside it
stand a part drawn at random from all ten, one drawn from the four that bits can name, and the part whose own pixels, given
back alone, lower the logit the most: what the detector really reacts to.
"""

from __future__ import annotations

import sys

import numpy as np
from measuring import publish
from restoration import FILLS, FLOOR, detector_of
from restoration_curves import Restoration, restorations
from train_reacting_detector import DATA

from xaifake.explainers.parts import Parts
from xaifake.game.game import play
from xaifake.game.original import GenuinePixels
from xaifake.game.region_game import new_game
from xaifake.records import Attribution

NAMEABLE = ("left eye and brow", "right eye and brow", "nose", "mouth")
RESAMPLES = 2000


def main(names: list[str]) -> None:
    rows = []
    for name in names:
        detector = detector_of(name)
        cases = [case for case in restorations(detector, DATA / "faces/ciplab_pairs") if case.drop > FLOOR[name]]
        for fill in FILLS:
            answers = [answer for case in cases if (answer := one(case, fill)) is not None]
            rows.append(row(name, fill, np.array(answers)))
            print(rows[-1], file=sys.stderr, flush=True)
    publish("edited_parts", "How often the strongest part was edited", rows)


def one(case: Restoration, fill: str) -> list[float] | None:
    """Whether the top part was edited, whether the truly strongest was, and the chance of ten parts and of four."""
    game = new_game(case.view, fill=fill)
    (told,) = Parts(calls=1024, full=True).explain(case.detector, [game], 0)
    if not isinstance(told, Attribution):
        return None
    restored = game.among(told.regions, GenuinePixels(case.view.original))
    (left,) = play(case.detector, [restored], [~np.eye(len(told.names), dtype=bool)])
    edited = {part for part, bit in zip(NAMEABLE, case.name.rpartition("_")[2], strict=True) if bit == "1"}
    top, truth = (told.names[int(np.argmax(values))] for values in (told.region_values, -left))
    named = sum(part in edited for part in told.names)
    return [top in edited, truth in edited, top == truth, named / len(told.names), named / len(NAMEABLE)]


def row(detector: str, fill: str, answers: np.ndarray) -> dict[str, object]:
    hits, truth, same, ten, four = answers.mean(axis=0)
    random = np.random.default_rng(0)
    drawn = [answers[random.integers(0, len(answers), len(answers)), 0].mean() for _ in range(RESAMPLES)]
    low, high = np.percentile(drawn, [2.5, 97.5])
    return {
        "detector": f"{detector} ({len(answers)} pairs)",
        "fill": fill,
        "top part was edited": f"{hits:.0%} ({low:.0%} … {high:.0%})",
        "one of ten at random": f"{ten:.0%}",
        "one of the four": f"{four:.0%}",
        "the truly strongest part was edited": f"{truth:.0%}",
        "top part is the truly strongest": f"{same:.0%}",
    }


if __name__ == "__main__":
    main(sys.argv[1:] or list(FLOOR))
