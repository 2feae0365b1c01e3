"""Which order of segments undoes a fake the soonest: ``python benchmarks/restoration.py [DETECTOR ...] [MINUTES]``.

Each of the 29 CIPLAB pairs whose edit raises a detector's logit by more than `FLOOR` is explained by every explainer, with
every fill; then the segments get their original pixels back, the most FAKE-supporting first. The score of an order is the
area under the share of the whole logit drop over the share of segments restored. *Closed* is where it lies between random
orders (0) and the greedy true order (1), the pairs' areas averaged first; the interval is the bootstrap's over pairs, 95 %.
Answers are kept in ``benchmarks/cache/restoration`` with the revision that gave them: a run goes on where another stopped,
and new methods join the old ones; delete them to ask anew. A method is told of once every pair has its answer.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from measuring import publish, revision
from numpy.typing import NDArray
from restoration_curves import Restoration, restorations
from restoration_peers import CALLS, PEERS
from train_reacting_detector import CACHE, DATA, reacting_detector

import xaifake
from xaifake import plugins
from xaifake.game.region_game import SOFTNESS, new_game

FLOOR = {"cnn": 0.5, "meso4": 0.1, "malay_meso": 0.5}
"""Least drop of a pair, in logits: below it, shares of it are shares of what registration leaves everywhere. The logits of
``meso4`` lie so close together that few pairs would be left above a higher one."""
RESAMPLES = 2000
EVERY = slice(None)
ENDS = {"random", "greedy"}
"""The orders between which all others are told."""
COMPARED = (
    *((f"{method}, median, soft", f"{method}, blur, soft") for method in ("lime", "shap", "sobol", "rise", "occlusion")),
    ("integrated_gradients, median, soft", "integrated_gradients, blur, soft"),
    ("occlusion, blur, soft", "occlusion, blur, hard"),
    ("occlusion, median, soft", "occlusion, median, hard"),
    ("lime, median, wide", "lime, median, soft"),
    ("shap, median, wide", "shap, median, soft"),
    ("shap, median, soft", "occlusion, median, soft"),
    *(
        (own, peer)
        for own in ("gradcam", "shap, median, soft", "rise, median, soft")
        for peer in ("stock shap Partition (blur 128)", "stock lime (quickshift, black)", "Xplique Sobol (as it comes)")
    ),
)
"""Which method is compared with which, pair by pair."""
NOT_ASKED = ("bands", "parts", "restored_parts")
"""Explainers whose values lie nowhere in the picture, or on other players."""
COSTLY = 200
"""Model calls from which a method is asked last."""
NO_FILL = ("gradcam", "restoration")
EVERY_FILL = ("occlusion",)
"""Methods that are asked with every fill; the others with `FILLS`."""
FILLS = ("blur", "median")
EDGES: dict[str, Sequence[str]] = {"occlusion": ("soft", "hard", "wide"), "lime": ("soft", "wide"), "shap": ("soft", "wide")}
"""Edges: soft, by the usual feather; hard; wide, by a feather of twice that. The others are asked with soft ones."""
WIDE = 2 * SOFTNESS
Ask = Callable[[], NDArray[np.float64]]
Areas = dict[str, NDArray[np.float64]]
Answers = dict[str, dict[str, Any]]
REVISION = revision()


def main(names: list[str], until: float) -> None:
    areas: dict[str, Areas] = {}
    calls: dict[str, int] = {}
    revisions: set[str] = set()
    for name in names:
        cases = [case for case in restorations(detector_of(name), DATA / "faces/ciplab_pairs") if case.drop > FLOOR[name]]
        books = [Book(case, CACHE / "restoration" / name / f"{case.name}.json") for case in cases]
        for method in sorted(books[0].methods, key=lambda method: books[0].methods[method][0] > COSTLY):
            for book in books:
                if time.time() < until:
                    book.complete(method)
        areas[f"{name} ({len(books)} pairs)"] = areas_of([book.answers for book in books])
        for answers in (book.answers for book in books):
            calls |= {method: max(int(answer["calls"]), calls.get(method, 0)) for method, answer in answers.items()}
            revisions |= {answer["revision"] for answer in answers.values()}
    raw = {name: {method: each.round(5).tolist() for method, each in told.items()} for name, told in areas.items()}
    note = f"Answers of revision {', '.join(sorted(revisions))}."
    title = "Restoration: distance closed from random to the greedy true order"
    publish("restoration", title, table(areas, calls), raw=raw, note=note)
    publish("restoration_differences", "Restoration: one method less another, paired", differences(areas), note=note)


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
        self.answers[method] = {"area": area, "calls": calls, "seconds": seconds, "revision": REVISION}
        self.path.write_text(json.dumps(self.answers, indent=1))


def detector_of(name: str) -> xaifake.Detector:
    if name == "malay_meso":
        path = DATA / "detectors/malay_meso.hdf5"
        return xaifake.load_detector(path, fake_when="low", resize="nearest", crop="whole")
    return reacting_detector(name)


def methods(case: Restoration) -> dict[str, tuple[int, Ask]]:
    """Every explainer with every fill and edge, and the peers: model calls at most, and how to ask."""
    asks = dict(ours(case))
    peers = {name: (calls, lambda peer=peer: peer(case)) for name, (calls, peer) in PEERS.items()}
    return {**peers, **asks}


def ours(case: Restoration) -> Iterator[tuple[str, tuple[int, Ask]]]:
    for method in plugins.names("explainer"):
        if method in NOT_ASKED:
            continue
        explainer = plugins.make("explainer", method, calls=CALLS)
        for fill in plugins.names("fill") if method in EVERY_FILL else FILLS[:1] if method in NO_FILL else FILLS:
            for edge in EDGES.get(method, ("soft",)):
                side = np.sqrt(case.labels.size / case.segments)
                game = new_game(case.view, fill=fill, feather={"soft": None, "hard": 0.0, "wide": WIDE * side}[edge])
                label = method if method in NO_FILL else f"{method}, {fill}, {edge}"

                def ask(explainer: Any = explainer, game: Any = game) -> NDArray[np.float64]:
                    return case.values_of(explainer.explain(case.detector, [game], 0)[0])

                yield label, (explainer.calls, ask)


def table(areas: Mapping[str, Areas], calls: Mapping[str, int]) -> list[dict[str, object]]:
    """One row a method, the best on the first detector first."""
    first = next(iter(areas.values()))
    rows: list[dict[str, object]] = []
    for method in sorted(first.keys() - ENDS, key=lambda method: (-first[method].mean(), method)):
        shown = {
            name: f"{closed(told, method, EVERY):.0%} ({between(closed(told, method, drawn(told)))})"
            for name, told in areas.items()
            if method in told
        }
        rows.append({"method": method, "calls": calls[method], **shown})
    return rows


def differences(areas: Mapping[str, Areas]) -> list[dict[str, object]]:
    """By how much one method closes more of the distance than another, on the same pairs."""
    rows: list[dict[str, object]] = []
    for own, other in COMPARED:
        row: dict[str, object] = {"method": own, "less": other}
        for name, told in areas.items():
            if own in told and other in told:
                more = closed(told, own, EVERY) - closed(told, other, EVERY)
                spread = closed(told, own, drawn(told)) - closed(told, other, drawn(told))
                row[name] = f"{more:+.0%} ({between(spread)})"
        if len(row) > len(("method", "less")):
            rows.append(row)
    return rows


def drawn(areas: Areas) -> NDArray[np.int64]:
    """Pairs drawn with replacement, (`RESAMPLES`, pairs): the same for every method."""
    pairs = len(areas["random"])
    return np.random.default_rng(0).integers(0, pairs, (RESAMPLES, pairs))


def areas_of(answers: list[Answers]) -> Areas:
    """The areas (pairs,) of every method that all pairs have been asked for."""
    told = [method for method in answers[0] if all(method in answer for answer in answers)]
    return {method: np.array([answer[method]["area"] for answer in answers]) for method in told}


def closed(areas: Areas, method: str, pairs: Any) -> Any:
    """The share of the distance from random to greedy; of each row of drawn pairs (N, pairs), or of all of them."""
    random, greedy, own = (areas[name][pairs].mean(axis=-1) for name in ("random", "greedy", method))
    return (own - random) / (greedy - random)


def between(resampled: NDArray[np.float64]) -> str:
    low, high = np.percentile(resampled, [2.5, 97.5])
    return f"{low:.0%} … {high:.0%}"


if __name__ == "__main__":
    minutes = [float(argument) for argument in sys.argv[1:] if argument.isdigit()]
    chosen = [argument for argument in sys.argv[1:] if not argument.isdigit()]
    main(chosen or list(FLOOR), time.time() + 60 * (minutes or [1e6])[0])
