"""Which order of segments undoes a fake the soonest: ``python benchmarks/restoration.py [DETECTOR ...]``.

Each of the 29 CIPLAB pairs whose edit raises a detector's logit by more than `FLOOR` is explained by every explainer, with
every fill; then the segments get their original pixels back, the most FAKE-supporting first. The score of an order is the
area under the share of the whole logit drop over the share of segments restored. *Closed* is where it lies between random
orders (0) and the greedy true order (1), the pairs' areas averaged first; the interval is the bootstrap's over pairs, 95 %.
Answers are kept in ``benchmarks/cache/restoration``: a run goes on where another stopped, and new methods join the old ones.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from measuring import publish
from numpy.typing import NDArray
from restoration_curves import Restoration, restorations
from restoration_peers import CALLS, PEERS
from train_reacting_detector import CACHE, DATA, reacting_detector

import xaifake
from xaifake import plugins
from xaifake.game.region_game import new_game

FLOOR = {"cnn": 0.5, "meso4": 0.1, "malay_meso": 0.5}
"""Least drop of a pair, in logits: below it, shares of it are shares of the noise that registration leaves everywhere."""
RESAMPLES = 2000
NOT_ASKED = ("bands", "parts", "restored_parts")
"""Explainers whose values lie nowhere in the picture, or on other players."""
COSTLY = 200
"""Model calls from which a method is asked last."""
NO_FILL = ("gradcam", "restoration")
EVERY_FILL = ("occlusion",)
"""Methods that are asked with every fill, with soft edges and hard ones; the others with `FILLS`, soft."""
FILLS = ("blur", "median")
Ask = Callable[[], NDArray[np.float64]]
Areas = dict[str, NDArray[np.float64]]
Answers = dict[str, dict[str, float]]


def main(names: list[str], until: float) -> None:
    rows: list[dict[str, object]] = []
    for name in names:
        cases = [case for case in restorations(detector_of(name), DATA / "faces/ciplab_pairs") if case.drop > FLOOR[name]]
        books = [Book(case, CACHE / "restoration" / name / f"{case.name}.json") for case in cases]
        for method in sorted(books[0].methods, key=lambda method: books[0].methods[method][0] > COSTLY):
            for book in books:
                if time.time() < until:
                    book.complete(method)
        rows += table(name, [book.answers for book in books])
    publish("restoration", "Restoration: distance closed from random to the greedy true order", rows)


class Book:
    """Area, calls and seconds of every method on one pair, kept in a file."""

    def __init__(self, case: Restoration, path: Path) -> None:
        self.case, self.path = case, path
        path.parent.mkdir(parents=True, exist_ok=True)
        self.answers: Answers = json.loads(path.read_text()) if path.is_file() else {}
        self.methods = methods(case)

    def complete(self, method: str) -> None:
        """Ask what has not been asked."""
        if "random" not in self.answers:
            self._note("random", 0, self.case.random, 0.0)
            self._note("greedy", 0, self.case.greedy, 0.0)
        if method not in self.answers:
            calls, ask = self.methods[method]
            started = time.perf_counter()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # the peers' own
                values = ask()
            self._note(method, calls, self.case.area_of_values(values), time.perf_counter() - started)

    def _note(self, method: str, calls: int, area: float, seconds: float) -> None:
        self.answers[method] = {"area": area, "calls": calls, "seconds": seconds}
        self.path.write_text(json.dumps(self.answers, indent=1))


def detector_of(name: str) -> xaifake.Detector:
    if name == "malay_meso":
        path = DATA / "detectors/malay_meso.hdf5"
        return xaifake.load_detector(path, fake_when="low", resize="nearest", crop="whole")
    return reacting_detector(name)


def methods(case: Restoration) -> dict[str, tuple[int, Ask]]:
    """Every explainer with every fill and edge, then the peers: model calls at most, and how to ask."""
    asks = dict(ours(case))
    peers = {name: (calls, lambda peer=peer: peer(case)) for name, (calls, peer) in PEERS.items()}
    return {**asks, **peers}


def ours(case: Restoration) -> Iterator[tuple[str, tuple[int, Ask]]]:
    for method in plugins.names("explainer"):
        if method in NOT_ASKED:
            continue
        explainer = plugins.make("explainer", method, calls=CALLS)
        for fill in plugins.names("fill") if method in EVERY_FILL else FILLS[:1] if method in NO_FILL else FILLS:
            for feather in (None, 0.0) if method in EVERY_FILL else (None,):
                game = new_game(case.view, fill=fill, feather=feather)
                edges = "" if method in NO_FILL else f" | {fill} | {'hard' if feather == 0 else 'soft'}"

                def ask(explainer: Any = explainer, game: Any = game) -> NDArray[np.float64]:
                    return case.values_of(explainer.explain(case.detector, [game], 0)[0])

                yield method + edges, (explainer.calls, ask)


def table(detector: str, answers: list[Answers]) -> list[dict[str, object]]:
    """One row a method, the best first."""
    areas: Areas = {
        method: np.array([answer[method]["area"] for answer in answers])
        for method in answers[0]
        if all(method in answer for answer in answers)
    }
    rows = []
    for method in sorted(areas, key=lambda method: -areas[method].mean()):
        low, high = interval(areas, method)
        rows.append(
            {
                "detector": f"{detector} ({len(answers)} pairs)",
                "method": method,
                "calls": max(int(answer[method]["calls"]) for answer in answers),
                "area": f"{areas[method].mean():.3f}",
                "closed": f"{closed(areas, method):.0%}",
                "95 %": f"{low:.0%} … {high:.0%}",
            }
        )
    return rows


def closed(areas: Mapping[str, NDArray[np.float64]], method: str, pairs: Any = slice(None)) -> float:
    random, greedy, own = (areas[name][pairs].mean() for name in ("random", "greedy", method))
    return float((own - random) / (greedy - random))


def interval(areas: Mapping[str, NDArray[np.float64]], method: str) -> tuple[float, float]:
    random = np.random.default_rng(0)
    count = len(areas[method])
    drawn = [closed(areas, method, random.integers(0, count, count)) for _ in range(RESAMPLES)]
    low, high = np.percentile(drawn, [2.5, 97.5])
    return float(low), float(high)


if __name__ == "__main__":
    minutes = [float(argument) for argument in sys.argv[1:] if argument.isdigit()]
    chosen = [argument for argument in sys.argv[1:] if not argument.isdigit()]
    main(chosen or list(FLOOR), time.time() + 60 * (minutes or [1e6])[0])
